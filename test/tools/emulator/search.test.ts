import Bonjour from 'bonjour-service';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Announcement } from '../../../broker/discovery/announcement.js';
import { searchBroker } from '../../../tools/emulator/search.js';
import { until } from '../../firmware/room.js';

const test = suite('search');

const TASK = `search-${process.pid}`;
const announced: Announcement[] = [];
const errors: string[] = [];
test.after(async () => {
  for (const each of announced) await each.close();
});

function announce(task: string, port: number, tlsPort?: number): void {
  announced.push(new Announcement({ task, port, tlsPort, onError: (reason) => errors.push(reason) }));
}

/** Resolves when so many brokers of a task can be heard: one may take longer to announce itself. */
async function heard(task: string, count: number): Promise<void> {
  const seeker = new Bonjour();
  const ports = new Set<number>();
  try {
    seeker.find({ type: 'sparrow' }, ({ port, txt }) => {
      if ((txt as { readonly task?: string } | undefined)?.task === task) ports.add(port);
    });
    await until(`${count} brokers of task ${task}`, () => ports.size === count);
  } finally {
    seeker.destroy();
  }
}

test('of the brokers of a task the lower port is taken, of others none', async () => {
  announce(TASK, 18832);
  announce(TASK, 18831, 18838);
  announce(`${TASK}-b`, 18830);
  await heard(TASK, 2);
  const plain = await searchBroker({ task: TASK, isSecure: false });
  assert.is(plain.port, 18831, errors.join());
  assert.match(plain.address, /^\d+\.\d+\.\d+\.\d+$/);
  assert.is((await searchBroker({ task: TASK, isSecure: true })).port, 18838);
});

test('a broker with TLS alone is none for a board without', async () => {
  announce(`${TASK}-c`, 18839, 18839);
  await heard(`${TASK}-c`, 1);
  assert.is((await searchBroker({ task: `${TASK}-c`, isSecure: true })).port, 18839);
  await searchBroker({ task: `${TASK}-c`, isSecure: false }, 1000).then(
    () => assert.unreachable('found'),
    (error: Error) => assert.match(error.message, /^no broker of task search-\d+-c answered in 1000 ms/),
  );
});

test('nobody there is one line that says what to do', async () => {
  await searchBroker({ task: `${TASK}-d`, isSecure: true }, 300).then(
    () => assert.unreachable('found'),
    (error: Error) =>
      assert.match(error.message, / with TLS answered in 300 ms.*, expected one, or --broker/),
  );
});

test.run();
