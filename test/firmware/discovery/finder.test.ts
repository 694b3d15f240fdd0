import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Announced } from '../../../firmware/discovery/choice.js';
import { Finder, type FinderOptions, waysOf } from '../../../firmware/discovery/finder.js';
import type { Clock, Timer } from '../../../firmware/ports/ports.js';

const test = suite('finder');

/** Time that the test moves. */
class HandClock implements Clock {
  #now = 0;
  #timers: { atMs: number; run: () => void }[] = [];

  nowMs(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { atMs: this.#now + delayMs, run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  pass(ms: number): void {
    const endMs = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#now = due.atMs;
      this.#timers = this.#timers.filter((other) => other !== due);
      due.run();
    }
    this.#now = endMs;
  }

  get waiting(): number {
    return this.#timers.length;
  }
}

/** A network: names, and brokers that announce themselves after some time. */
function rig(
  changes: Partial<FinderOptions> = {},
  announced: readonly (Announced & { readonly afterMs?: number })[] = [],
  hosts: Readonly<Record<string, string>> = {},
) {
  const clock = new HandClock();
  const lines: string[] = [];
  const remembered: string[] = [];
  let browsing = 0;
  const finder = new Finder({
    task: 'digits',
    isSecure: false,
    clock,
    log: { line: (text) => lines.push(text) },
    resolve(host, onAddress) {
      const address = /^[\d.]+$/.test(host) ? host : hosts[host];
      return clock.after(50, () => onAddress(address));
    },
    browse(onService) {
      browsing += 1;
      const timers = announced.map((service) => clock.after(service.afterMs ?? 20, () => onService(service)));
      let isOver = false;
      return {
        cancel() {
          if (!isOver) browsing -= 1;
          isOver = true;
          for (const timer of timers) timer.cancel();
        },
      };
    },
    remember: (address) => remembered.push(address),
    ...changes,
  });
  /** What one try gives: `address:port name`, or the reason. */
  const attempt = (): string => {
    let result = 'nothing';
    finder.seek(
      ({ address, port, name }) => {
        result = `${address}:${port} ${name}`;
      },
      (reason) => {
        result = `failed: ${reason}`;
      },
    );
    assert.is(result, 'nothing', 'it answers in a later turn');
    clock.pass(11_000);
    assert.is(clock.waiting, 0, 'timers left');
    assert.is(browsing, 0, 'search left open');
    return result;
  };
  return { clock, finder, lines, remembered, attempt };
}

const here: Announced = { address: '10.0.0.9', port: 1883, task: 'digits', tls: '8883' };
const there: Announced = { address: '10.0.0.10', port: 1883, task: 'digits' };
const other: Announced = { address: '10.0.0.1', port: 1883, task: 'speech' };

test('a told address comes first and is not doubted for three tries', () => {
  const { attempt, finder } = rig({ told: 'laptop.local' }, [here], { 'laptop.local': '10.0.0.5' });
  for (let i = 0; i < 3; i++) assert.is(attempt(), '10.0.0.5:1883 laptop.local');
  assert.is(attempt(), '10.0.0.9:1883 sparrow-broker');
  assert.is(attempt(), '10.0.0.5:1883 laptop.local');
  assert.is(attempt(), '10.0.0.9:1883 sparrow-broker');
  finder.worked();
  assert.is(attempt(), '10.0.0.5:1883 laptop.local');
});

test('where nothing announces itself, the last address and the told one get their turn', () => {
  const { attempt, lines } = rig({ told: '10.0.0.5:1999', last: '10.0.0.7:1884' });
  for (let i = 0; i < 3; i++) assert.is(attempt(), '10.0.0.5:1999 10.0.0.5');
  assert.is(attempt(), '10.0.0.7:1884 sparrow-broker');
  assert.is(attempt(), '10.0.0.5:1999 10.0.0.5');
  assert.equal(lines, ['10.0.0.5 did not answer, trying 10.0.0.7:1884']);
});

test('where there is nothing else, the told address stays', () => {
  const { attempt } = rig({ told: '10.0.0.5' });
  for (let i = 0; i < 8; i++) assert.is(attempt(), '10.0.0.5:1883 10.0.0.5');
});

test('a told name without an address is a reason, then a search', () => {
  const { attempt } = rig({ told: 'gone.local' }, [here]);
  for (let i = 0; i < 3; i++) assert.is(attempt(), 'failed: no address of gone.local');
  assert.is(attempt(), '10.0.0.9:1883 sparrow-broker');
});

test('without a told address it searches, and remembers once what worked', () => {
  const { attempt, finder, remembered } = rig({}, [here]);
  for (let i = 0; i < 3; i++) {
    assert.is(attempt(), '10.0.0.9:1883 sparrow-broker');
    finder.worked();
  }
  assert.equal(remembered, ['10.0.0.9:1883']);
});

test('what was announced and let nobody in is not remembered', () => {
  const { attempt, finder, remembered } = rig({ last: '10.0.0.7:1884' }, [here]);
  assert.is(attempt(), '10.0.0.9:1883 sparrow-broker');
  assert.is(attempt(), '10.0.0.7:1884 sparrow-broker');
  finder.worked();
  assert.equal(remembered, []);
});

test('a search that finds nothing says so, or goes to the last address', () => {
  const none = rig({}, [other]);
  assert.is(
    none.attempt(),
    'failed: no _sparrow._tcp with task=digits answered in 10000 ms, none known from before',
  );
  assert.is(rig({ last: '10.0.0.7:1884' }).attempt(), '10.0.0.7:1884 sparrow-broker');
});

test('a network without multicast is a reason like others', () => {
  const fails = () => {
    throw new Error('no socket');
  };
  assert.is(rig({ browse: fails }).attempt(), 'failed: no socket, none known from before');
  assert.is(rig({ browse: fails, last: '10.0.0.7:1884' }).attempt(), '10.0.0.7:1884 sparrow-broker');
});

test('of several brokers every board takes the same one, whoever answers first', () => {
  for (const services of [
    [here, there, other],
    [there, other, here],
    [{ ...here, afterMs: 900 }, there],
    [here, here, there, there],
  ]) {
    assert.is(rig({}, services).attempt(), '10.0.0.9:1883 sparrow-broker');
  }
});

test('one that does not let it in gives way to the next', () => {
  const { attempt } = rig({}, [there, here]);
  assert.is(attempt(), '10.0.0.9:1883 sparrow-broker');
  assert.is(attempt(), '10.0.0.10:1883 sparrow-broker'); // the last address first, but there is none
  assert.is(attempt(), '10.0.0.9:1883 sparrow-broker');
});

test('firmware with TLS takes brokers with TLS alone, firmware without takes plain ports alone', () => {
  const both = { ...here };
  const secureOnly = { ...there, port: 8883, tls: '8883' };
  assert.is(rig({ isSecure: true }, [there, both]).attempt(), '10.0.0.9:8883 sparrow-broker');
  assert.is(rig({ isSecure: true }, [secureOnly]).attempt(), '10.0.0.10:8883 sparrow-broker');
  assert.match(rig({ isSecure: true }, [there]).attempt(), /^failed: no _sparrow/);
  assert.match(rig({}, [secureOnly]).attempt(), /^failed: no _sparrow/);
  for (const tls of ['', 'x', '0', '65536', '1.5']) {
    assert.match(rig({ isSecure: true }, [{ ...there, tls }]).attempt(), /^failed/);
  }
  assert.is(rig({ isSecure: true, told: '10.0.0.5' }).attempt(), '10.0.0.5:8883 10.0.0.5');
});

test('an address of the other kind is a mistake, at once', () => {
  assert.throws(() => rig({ told: 'mqtts://10.0.0.5' }), /expected mqtt: no firmware with TLS/);
  assert.throws(() => rig({ told: 'mqtt://10.0.0.5', isSecure: true }), /expected mqtts: this firmware/);
  assert.throws(() => rig({ told: 'a b' }), /^RangeError: broker a b, expected host:port|broker a b/);
});

test('a search that is called off ends without a word', () => {
  for (const ms of [0, 10, 100, 1500]) {
    const { clock, finder } = rig({ told: undefined }, [{ ...here, afterMs: 1000 }]);
    let words = 0;
    const search = finder.seek(
      () => words++,
      () => words++,
    );
    clock.pass(ms);
    search.cancel();
    search.cancel();
    clock.pass(60_000);
    assert.is(words, 0, `${ms} ms`);
    assert.is(clock.waiting, 0, `${ms} ms`);
  }
});

test('ways over the tries', () => {
  const told = Array.from({ length: 6 }, (_, failures) => waysOf(true, failures).length);
  assert.equal(told, [1, 1, 1, 3, 1, 3]);
  assert.equal(waysOf(false, 0), ['announced', 'last']);
  assert.equal(waysOf(false, 1), ['last', 'announced']);
});

test.run();
