/**
 * A delta put on its base, all in memory. Runs on Node and on XS.
 * @module
 */
import { applyDelta } from '../../../shared/protocol/delta.js';
import { decodeFrame } from '../../../shared/protocol/frame.js';

export interface Applied {
  readonly frame: Uint8Array; // of the next model
  readonly macs: readonly number[]; // what each step yielded
}

/** @throws ProtocolError */
export function applied(delta: Uint8Array, base: Uint8Array, sliceMacs = Number.POSITIVE_INFINITY): Applied {
  decodeFrame('delta', delta); // its CRC-32: applyDelta takes the frame for whole
  const pieces: number[] = [];
  const macs: number[] = [];
  const work = applyDelta(
    (offset, out) => out.set(delta.subarray(offset, offset + out.length)),
    (offset, out) => out.set(base.subarray(offset, offset + out.length)),
    (piece) => {
      for (const byte of piece) pieces.push(byte);
    },
    sliceMacs,
  );
  for (const spent of work) macs.push(spent);
  return { frame: Uint8Array.from(pieces), macs };
}
