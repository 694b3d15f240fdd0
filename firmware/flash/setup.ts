/**
 * The port `SetupStore` on raw flash: a log of its own, so that a full board can always be told another
 * Wi-Fi. For boards whose host keeps no settings itself.
 *
 * The record is one field after the other: number of the field, length in bytes, UTF-8.
 * @module
 */
import { frozen } from '../../shared/fixed/frozen.js';
import type { RawPartition, Setup, SetupStore } from '../ports/ports.js';
import { RecordLog } from './recordlog.js';
import { decodeUtf8, encodeUtf8 } from './utf8.js';

/** Place + 1 is the number in the record: append only. The most bytes that each may have. */
const FIELDS = frozen([
  ['device', 23],
  ['ssid', 32],
  ['password', 64],
  ['broker', 96],
  ['task', 32],
  ['code', 64],
  ['last', 21],
] as const satisfies readonly (readonly [keyof Setup, number])[]);

const RECORD_BYTES = FIELDS.reduce((sum, [, most]) => sum + 2 + most, 0);

export class FlashSetup implements SetupStore {
  readonly #log: RecordLog;

  /** @param partition two sectors or more */
  constructor(partition: RawPartition) {
    this.#log = new RecordLog(partition, RECORD_BYTES);
  }

  load(): Setup {
    const record = this.#log.load();
    return record === undefined ? {} : decode(record);
  }

  /** @throws RangeError naming a field that is too long */
  save(setup: Setup): void {
    this.#log.save(encode(setup));
  }
}

function encode(setup: Setup): Uint8Array {
  const bytes: number[] = [];
  for (const [index, [name, most]] of FIELDS.entries()) {
    const text = setup[name];
    if (text === undefined) continue;
    const value = encodeUtf8(text);
    if (value.length > most)
      throw new RangeError(`${name} of ${value.length} bytes, expected at most ${most}`);
    bytes.push(index + 1, value.length, ...value);
  }
  return Uint8Array.from(bytes);
}

/** Fields of a later firmware are passed over. */
function decode(record: Uint8Array): Setup {
  const setup: { -readonly [name in keyof Setup]: string } = {};
  for (let at = 0; at + 2 <= record.length; at += 2 + record[at + 1]) {
    const name = FIELDS[record[at] - 1]?.[0];
    if (name !== undefined) setup[name] = decodeUtf8(record.subarray(at + 2, at + 2 + record[at + 1]));
  }
  return setup;
}
