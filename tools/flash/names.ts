/**
 * Names for several boards in a row.
 * @module
 */
import { isDeviceName } from '../../shared/protocol/device.js';

const NUMBER = '{n}';

/**
 * @param pattern such as `desk-{n}`; undefined: each board keeps the name of its chip
 * @param first the first board's number
 * @throws RangeError when two boards would have one name, or a name cannot stand in a topic
 */
export function nameBoards(
  pattern: string | undefined,
  count: number,
  first: number,
): readonly (string | undefined)[] {
  if (pattern === undefined) return new Array<undefined>(count).fill(undefined);
  if (count > 1 && !pattern.includes(NUMBER)) {
    throw new RangeError(
      `name ${pattern} for ${count} boards, expected ${NUMBER} in it: ${pattern}-${NUMBER}`,
    );
  }
  return Array.from({ length: count }, (_, i) => {
    const name = pattern.replaceAll(NUMBER, String(first + i));
    if (!isDeviceName(name)) throw new RangeError(`name ${name}, expected 1 to 23 of a-z, 0-9 and -`);
    return name;
  });
}
