import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CATALOGUE } from '../../../tools/datasets/catalogue.js';
import { download } from '../../../tools/datasets/download.js';
import { until } from '../../broker/mqtt/clients.js';
import { rejects, withFiles } from './files.js';

const test = suite('datasets/download');

const BYTES = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) % 251));
const sum = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');
const CHECKSUM = `sha256:${sum('sha256', BYTES)}`;

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `use` with a server on this machine and a folder. */
async function withServer(
  answer: Answer,
  use: (url: string, folder: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    await withFiles({}, (folder) => use(`http://127.0.0.1:${port}/set.bin`, folder));
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

/** A server that knows ranges, as those of the public sets do. */
const withRanges: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(from)) {
    response.writeHead(200, { 'content-length': BYTES.length }).end(BYTES);
  } else if (from >= BYTES.length) {
    response.writeHead(416, { 'content-range': `bytes */${BYTES.length}` }).end();
  } else {
    const range = `bytes ${from}-${BYTES.length - 1}/${BYTES.length}`;
    response.writeHead(206, { 'content-range': range }).end(BYTES.subarray(from));
  }
};

const silent = () => {};
const fileOf = (...urls: string[]) => ({ file: 'set.bin', urls, checksum: CHECKSUM });

test('a file arrives whole and is checked; the second time it is not fetched', () => {
  let requests = 0;
  const counted: Answer = (request, response) => {
    requests++;
    withRanges(request, response);
  };
  return withServer(counted, async (url, folder) => {
    const lines: string[] = [];
    const path = await download(fileOf(url), folder, (line) => lines.push(line));
    assert.ok(BYTES.equals(readFileSync(path)));
    await download(fileOf(url), folder, (line) => lines.push(line));
    assert.equal(lines, [`downloading ${url}`, `${path} is there`]);
    assert.is(requests, 1);
    assert.not.ok(existsSync(`${path}.part`));
  });
});

test('md5 serves as well', () =>
  withServer(withRanges, async (url, folder) => {
    const checksum = `md5:${sum('md5', BYTES)}`;
    assert.ok(existsSync(await download({ ...fileOf(url), checksum }, folder, silent)));
  }));

test('a broken download goes on where it stopped', () => {
  const ranges: (string | undefined)[] = [];
  let part = '';
  const breaking: Answer = (request, response) => {
    ranges.push(request.headers.range);
    if (ranges.length > 1) return withRanges(request, response);
    response.writeHead(200, { 'content-length': BYTES.length });
    response.write(BYTES.subarray(0, 40_000));
    void until(() => existsSync(part) && statSync(part).size === 40_000, 'the first part').then(() =>
      response.destroy(),
    );
  };
  return withServer(breaking, async (url, folder) => {
    part = join(folder, 'set.bin.part');
    let message = '';
    await download(fileOf(url), folder, silent).catch((error: Error) => {
      message = error.message;
    });
    assert.match(
      message,
      /^cannot download http:.*; run it again to go on, or name a copy with --from <local path>$/,
    );
    const path = await download(fileOf(url), folder, silent);
    assert.ok(BYTES.equals(readFileSync(path)));
    assert.equal(ranges, [undefined, 'bytes=40000-']);
  });
});

test('a part that is whole, too long, or of a server without ranges is dealt with', async () => {
  await withServer(withRanges, async (url, folder) => {
    const part = join(folder, 'set.bin.part');
    writeFileSync(part, BYTES);
    const path = await download(fileOf(url), folder, silent);
    assert.ok(BYTES.equals(readFileSync(path)));
    writeFileSync(part, Buffer.concat([BYTES, BYTES]));
    const other = { ...fileOf(url, url), file: 'set.bin' };
    writeFileSync(path, BYTES);
    await download(other, folder, silent); // there already: the part is not looked at
    assert.ok(existsSync(part));
  });
  await withServer(withRanges, async (url, folder) => {
    writeFileSync(join(folder, 'set.bin.part'), Buffer.concat([BYTES, BYTES]));
    await rejects(
      () => download(fileOf(url), folder, silent),
      `cannot download ${url}: the part that was here is longer than the file, and is removed; run it again to go on, or name a copy with --from <local path>`,
    );
    assert.ok(existsSync(await download(fileOf(url), folder, silent)));
  });
  const withoutRanges: Answer = (_, response) => response.writeHead(200).end(BYTES);
  await withServer(withoutRanges, async (url, folder) => {
    writeFileSync(join(folder, 'set.bin.part'), BYTES.subarray(7, 5000));
    assert.ok(BYTES.equals(readFileSync(await download(fileOf(url), folder, silent))));
  });
});

test('other bytes than those of the checksum are refused and removed', () =>
  withServer(withRanges, async (url, folder) => {
    const checksum = `sha256:${'0'.repeat(64)}`;
    const wrong = { ...fileOf(url), checksum };
    const given = sum('sha256', BYTES);
    const why = `sha256 ${given}, expected ${'0'.repeat(64)}; the file is removed`;
    await rejects(() => download(wrong, folder, silent), `${join(folder, 'set.bin.part')}: ${why}`);
    assert.not.ok(existsSync(join(folder, 'set.bin.part')));
    writeFileSync(join(folder, 'set.bin'), BYTES);
    await rejects(() => download(wrong, folder, silent), `${join(folder, 'set.bin')}: ${why}`);
  }));

test('the next address is tried; when none answers, the way without internet is told', () => {
  const half: Answer = (request, response) => {
    if (request.url === '/set.bin') return withRanges(request, response);
    response.writeHead(404).end('not here');
  };
  return withServer(half, async (url, folder) => {
    const absent = url.replace('set.bin', 'absent.bin');
    assert.ok(existsSync(await download(fileOf(absent, url), folder, silent)));
    await rejects(
      () => download({ ...fileOf(absent), file: 'b' }, folder, silent),
      `cannot download ${absent}: HTTP status 404, expected 200; run it again to go on, or name a copy with --from <local path>`,
    );
    const closed = 'http://127.0.0.1:1/set.bin'; // nobody listens at port 1
    let message = '';
    await download({ ...fileOf(closed), file: 'c' }, folder, silent).catch((error: Error) => {
      message = error.message;
    });
    assert.match(message, /^cannot download http:\/\/127\.0\.0\.1:1\/set\.bin: .+--from <local path>$/);
    assert.not.match(message, /fetch failed/);
    assert.not.match(message, /\n/);
  });
});

test('every public set has an address and a checksum of the right length', () => {
  for (const [name, { downloads }] of Object.entries(CATALOGUE)) {
    for (const { urls, checksum } of downloads) {
      assert.ok(
        urls.every((url) => URL.canParse(url)),
        name,
      );
      assert.match(checksum, /^(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})$/, name);
    }
  }
});

test.run();
