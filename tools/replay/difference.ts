/**
 * Says in words where two update frames differ first.
 * @module
 */
import type { ModelLayout } from '../../shared/model/layout.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { openUpdate } from '../../shared/protocol/update.js';

/** @returns undefined when they are the same bytes */
export function differenceOf(
  made: Uint8Array,
  sent: Uint8Array,
  { layers }: ModelLayout,
): string | undefined {
  const at = firstDifference(made, sent);
  if (at < 0) return undefined;
  const sizes = made.length === sent.length ? '' : `, ${made.length} B and not ${sent.length}`;
  const where = `first at byte ${at} of ${sent.length}${sizes}`;
  try {
    const mine = openUpdate(made);
    const other = openUpdate(sent);
    const fields = Object.entries(mine.head)
      .filter(([name, value]) => value !== other.head[name as keyof typeof other.head])
      .map(([name, value]) => `${name} ${value} and not ${other.head[name as keyof typeof other.head]}`);
    const payloadAt = firstDifference(mine.frame.payload, other.frame.payload);
    if (payloadAt >= 0)
      fields.push(`byte ${payloadAt} of the values and positions of ${layers.length} layers`);
    return `${where}: ${fields.join(', ')}`;
  } catch (error) {
    if (error instanceof ProtocolError) return `${where}: ${error.message}`;
    throw error;
  }
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return i;
  return a.length === b.length ? -1 : length;
}
