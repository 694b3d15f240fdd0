/**
 * Long loops in pieces. A board has a short time slice: it stops where a generator yields, and goes on
 * later; a server runs through. Pieces only cut a loop, so their length changes no result.
 *
 * Every yield gives the work since the last one in multiply-accumulates: what XS could have trained in
 * the time. The factors (`…_MACS`) were measured on desktop XS against a dense layer's.
 * @module
 */

/**
 * Visits 0 to count - 1 in pieces of at most `sliceMacs`, one element at least. Yields after each.
 * @param macs work of one element
 */
export function* inPieces(
  count: number,
  macs: number,
  sliceMacs: number,
  visit: (from: number, to: number) => void,
): Generator<number, void> {
  const piece = Math.max(1, Math.floor(sliceMacs / macs));
  for (let from = 0; from < count; from += piece) {
    const to = Math.min(count, from + piece);
    visit(from, to);
    yield (to - from) * macs;
  }
}

/** Runs work to its end, for those who need no pauses. */
export function finish<T>(work: Generator<number, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}
