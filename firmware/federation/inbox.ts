/**
 * Collects a small message whole. Models do not come this way: they stream to flash.
 * @module
 */
import type { MessageSink } from '../ports/ports.js';

/**
 * @param limitBytes a longer message is not read at all
 * @param onWhole gets bytes that are its own
 */
export function collect(
  lengthBytes: number,
  limitBytes: number,
  onWhole: (bytes: Uint8Array) => void,
): MessageSink {
  if (lengthBytes > limitBytes) {
    throw new RangeError(`message of ${lengthBytes} bytes, expected at most ${limitBytes}`);
  }
  const whole = new Uint8Array(lengthBytes);
  let count = 0;
  return {
    write: (bytes) => {
      whole.set(bytes, count);
      count += bytes.length;
    },
    end: () => onWhole(whole.subarray(0, count)),
  };
}
