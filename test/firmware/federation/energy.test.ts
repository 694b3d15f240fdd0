import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EnergyMeter, millijoules } from '../../../firmware/federation/energy.js';
import type { Clock, Transport, TransportEvents } from '../../../firmware/ports/ports.js';
import { BOARD_NAMES } from '../../../shared/model/boards.js';

const test = suite('energy');

const IDLE = { ms: 10_000, busyMs: 0, bytesUp: 0, bytesDown: 0 };

test('every board of the profiles has its currents, and work and radio cost more than rest', () => {
  for (const board of BOARD_NAMES) {
    const idle = millijoules(board, IDLE);
    assert.ok(idle > 0, board);
    assert.ok(millijoules(board, { ...IDLE, busyMs: 10_000 }) > idle, board);
    assert.ok(millijoules(board, { ...IDLE, bytesUp: 100_000 }) > idle, board);
    assert.ok(millijoules(board, { ...IDLE, bytesDown: 100_000 }) > idle, board);
  }
});

test('ten seconds at 30 mA and 3.3 V are 990 mJ', () => {
  assert.is(millijoules('esp32', IDLE), 990);
});

test('an unknown board says nothing', () => {
  assert.is(millijoules('toaster', IDLE), 0);
});

/** Time goes on by hand. */
class HandClock implements Clock {
  ms = 0;
  readonly waiting: (() => void)[] = [];

  nowMs(): number {
    return this.ms;
  }

  after(_delayMs: number, callback: () => void) {
    this.waiting.push(callback);
    return { cancel() {} };
  }
}

test('a meter counts the time in callbacks and the bytes both ways, and begins anew after each look', () => {
  const clock = new HandClock();
  let events: TransportEvents | undefined;
  const sent: number[] = [];
  const transport: Transport = {
    open: (_, theirs) => {
      events = theirs;
    },
    subscribe() {},
    unsubscribe() {},
    publish: (_topic, payload) => void sent.push(payload.length),
    close() {},
  };
  const meter = new EnergyMeter('esp32', clock, transport);
  meter.clock.after(0, () => {
    clock.ms += 4000;
  });
  clock.waiting[0]();
  clock.ms += 6000;
  const drain = { onConnected() {}, onClosed() {}, onMessage: () => ({ write() {}, end() {} }) };
  meter.transport.open({} as Parameters<Transport['open']>[0], drain);
  events?.onMessage('topic', 60_000);
  meter.transport.publish('topic', new Uint8Array(30_000), 1, () => {});
  assert.equal(sent, [30_000]);
  const expected = { ms: 10_000, busyMs: 4000, bytesUp: 30_000, bytesDown: 60_000 };
  assert.is(meter.millijoules(), millijoules('esp32', expected));
  assert.is(meter.millijoules(), 0);
});

test('a callback that throws is counted, and still throws', () => {
  const clock = new HandClock();
  const meter = new EnergyMeter('esp32', clock, {} as Transport);
  meter.clock.after(0, () => {
    clock.ms += 1000;
    throw new RangeError('no');
  });
  assert.throws(() => clock.waiting[0](), /no/);
  assert.is(meter.millijoules(), 165); // 50 mA
});

test.run();
