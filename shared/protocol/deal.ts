/**
 * The deal frame: the server has examples for boards that have none of their own. A board without examples,
 * or with a part of another deal, asks for one (`enrol.ts`). Retained, so that each board sees it when it joins.
 * All in the head; no payload.
 * @module
 */
import { object, u32 } from 'typed-binary';
import { frozen } from '../fixed/frozen.js';
import { decoding } from './error.js';
import { checkInteger, UINT32_MAX } from './field.js';
import { decodeFields, decodeFrame, encodeFields, encodeFrame, expectEmpty } from './frame.js';

export interface Deal {
  readonly deal: number; // uint32 from 1; other examples or other parts have another one
  readonly parts: number; // uint32 from 1
  readonly longestBytes: number; // uint32 from 1, of the longest part's fld file
}

const DEAL_BYTES = 12;
const DEAL = frozen(object({ deal: u32, parts: u32, longestBytes: u32 }));

/** @throws RangeError naming the field that is out of range */
export function encodeDeal(deal: Deal): Uint8Array {
  checkDeal(deal);
  return encodeFrame('deal', encodeFields(DEAL, DEAL_BYTES, deal), []);
}

/** @throws ProtocolError */
export function decodeDeal(bytes: Uint8Array): Deal {
  const frame = decodeFrame('deal', bytes);
  expectEmpty(frame);
  const deal = decodeFields(DEAL, frame.head);
  return decoding(() => {
    checkDeal(deal);
    return deal;
  });
}

function checkDeal({ deal, parts, longestBytes }: Deal): void {
  checkInteger('deal', deal, 1, UINT32_MAX);
  checkInteger('parts', parts, 1, UINT32_MAX);
  checkInteger('longestBytes', longestBytes, 1, UINT32_MAX);
}
