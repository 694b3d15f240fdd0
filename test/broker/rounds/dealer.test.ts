import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Dealer, type DealSource } from '../../../broker/rounds/dealer.js';
import type { DealEvent } from '../../../broker/rounds/event.js';
import { FolderStore } from '../../../broker/storage/store.js';
import { decodeDeal } from '../../../shared/protocol/deal.js';
import { encodeEnrol } from '../../../shared/protocol/enrol.js';
import { decodeShard } from '../../../shared/protocol/shard.js';
import { Folders } from '../folder.js';

const test = suite('dealer');

const folders = new Folders();
const stores: FolderStore[] = [];
test.after(() => {
  for (const store of stores) store.close();
  folders.remove();
});

const FINGERPRINT = { task: 'a', taskSeed: 1, description: '{}', preset: 'dense', density: 1, power: 1 };
const ROOM = 1000;

function source(id: number, parts: number, bytes = 10): DealSource {
  return { id, parts, longestBytes: bytes, part: (index) => new Uint8Array(bytes).fill(index + 1) };
}

/** A dealer on a real store, and what it said. */
class Table {
  readonly store: FolderStore;
  readonly dealer: Dealer;
  readonly events: DealEvent[] = [];
  readonly sent: { readonly device: string; readonly frame: Uint8Array }[] = [];
  deal: Uint8Array | undefined;

  constructor(folder: string, deal: DealSource) {
    this.store = new FolderStore(folder, FINGERPRINT);
    stores.push(this.store);
    this.dealer = new Dealer({
      source: deal,
      store: this.store,
      publisher: {
        publishDeal: async (frame) => {
          this.deal = frame;
        },
        publishShard: async (device, frame) => void this.sent.push({ device, frame }),
      },
      onEvent: (event) => this.events.push(event),
    });
  }

  /** What the device gets for its question. */
  async enrol(device: string, deal: number, roomBytes = ROOM) {
    const before = this.sent.length;
    await this.dealer.receiveEnrol(device, encodeEnrol({ deal, roomBytes }));
    const answer = this.sent[before];
    return answer && decodeShard(answer.frame, device);
  }
}

test('each board gets the next part, and the same one when it asks again', async () => {
  const table = new Table(folders.make(), source(7, 3));
  table.dealer.start();
  assert.equal(table.deal && decodeDeal(table.deal), { deal: 7, parts: 3, longestBytes: 10 });
  assert.is((await table.enrol('b', 7))?.part, 0);
  assert.is((await table.enrol('a', 7))?.part, 1);
  const again = await table.enrol('b', 7);
  assert.equal([again?.part, again?.parts, [...(again?.fld ?? [])]], [0, 3, new Array(10).fill(1)]);
  assert.is(table.events.filter(({ kind }) => kind === 'dealt').length, 2);
});

test('boards that ask all at once, and twice each, get different parts', async () => {
  const table = new Table(folders.make(), source(7, 50));
  const names = Array.from({ length: 50 }, (_, i) => `d${i}`);
  const question = () => encodeEnrol({ deal: 7, roomBytes: ROOM });
  await Promise.all([...names, ...names].map((name) => table.dealer.receiveEnrol(name, question())));
  const parts = new Map(table.sent.map(({ device, frame }) => [device, decodeShard(frame, device).part]));
  assert.is(table.sent.length, 100);
  assert.is(new Set(parts.values()).size, 50);
  for (const { device, frame } of table.sent) assert.is(decodeShard(frame, device).part, parts.get(device));
});

test('what was dealt is remembered by another process, for each deal by itself', async () => {
  const folder = folders.make();
  const first = new Table(folder, source(7, 3));
  assert.is((await first.enrol('a', 7))?.part, 0);
  first.store.close();
  const other = new Table(folder, source(8, 3));
  assert.is((await other.enrol('b', 8))?.part, 0);
  other.store.close();
  const again = new Table(folder, source(7, 3));
  assert.is((await again.enrol('b', 7))?.part, 1);
  assert.is((await again.enrol('a', 7))?.part, 0);
});

test('nothing left, and a part too long for the board, are refused in words', async () => {
  const table = new Table(folders.make(), source(7, 1));
  const long = await table.enrol('small', 7, 9);
  assert.equal([long?.outcome, long?.bytes], ['too long', 10]);
  assert.is((await table.enrol('a', 7))?.part, 0, 'the part that did not fit is still free');
  assert.is((await table.enrol('late', 7))?.outcome, 'none left');
  assert.equal(
    table.events.map((event) =>
      event.kind === 'not dealt' ? `${event.device}: ${event.reason}` : event.kind,
    ),
    ['small: a part takes 10 bytes, its flash has room for 9', 'dealt', 'late: all 1 parts are dealt'],
  );
});

test('a question about another deal, and one that cannot be read, get no answer', async () => {
  const table = new Table(folders.make(), source(7, 1));
  assert.is(await table.enrol('a', 6), undefined);
  await table.dealer.receiveEnrol('a', Uint8Array.of(1, 2, 3));
  assert.is(table.sent.length, 0);
});

test.run();
