/**
 * Downloads a file and checks it. What has arrived stays in `<file>.part`, so that an interrupted
 * download goes on where it stopped; the name without `.part` is given only to a file whose checksum
 * is right.
 * @module
 */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Download } from './catalogue.js';

/**
 * @param folder made if need be
 * @param say told in one line what is being done
 * @returns the path of the file, which has its checksum
 * @throws RangeError in one line when it cannot be had, or is not what it should be
 */
export async function download(
  { file, urls, checksum }: Download,
  folder: string,
  say: (line: string) => void,
): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file);
  if (existsSync(path)) {
    await expectChecksum(path, checksum);
    say(`${path} is there`);
    return path;
  }
  const part = `${path}.part`;
  const failures: string[] = [];
  for (const url of urls) {
    say(`downloading ${url}`);
    try {
      await receive(url, part);
    } catch (error) {
      failures.push(`${url}: ${reasonOf(error)}`);
      continue;
    }
    await expectChecksum(part, checksum);
    renameSync(part, path);
    return path;
  }
  throw new RangeError(
    `cannot download ${failures.join('; ')}; run it again to go on, or name a copy with --from <local path>`,
  );
}

/** Appends what is missing of a file. A server that sends it from its start is taken at its word. */
async function receive(url: string, part: string): Promise<void> {
  const have = existsSync(part) ? statSync(part).size : 0;
  const response = await fetch(url, have > 0 ? { headers: { range: `bytes=${have}-` } } : {});
  const isRest =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`);
  if (response.status === 416) {
    await response.body?.cancel();
    if (response.headers.get('content-range') === `bytes */${have}`) return; // all of it is here
    rmSync(part);
    throw new RangeError('the part that was here is longer than the file, and is removed');
  }
  if ((response.status !== 200 && !isRest) || response.body === null) {
    await response.body?.cancel();
    throw new RangeError(`HTTP status ${response.status}, expected 200`);
  }
  const out = createWriteStream(part, { flags: isRest ? 'a' : 'w' });
  await pipeline(Readable.fromWeb(response.body), out);
}

/** @throws RangeError when it differs; the file is removed, or each further try would fail as well */
async function expectChecksum(path: string, checksum: string): Promise<void> {
  const [algorithm, expected] = checksum.split(':');
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  const given = hash.digest('hex');
  if (given === expected) return;
  rmSync(path);
  throw new RangeError(`${path}: ${algorithm} ${given}, expected ${expected}; the file is removed`);
}

/** What fetch says is only "fetch failed" or "terminated": its cause tells why. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
}
