/**
 * For a test file that cannot run here: says so in one line that the test runner shows and counts.
 * The environment variable SPARROW_REQUIRE (`xs,data`) lists what must not be skipped.
 * @module
 */

/**
 * What may be absent: the XS engine, data sets that are not in the repository, a C compiler, one for
 * 32-bit programs, one for RISC-V with QEMU, Valgrind, the Moddable SDK, or the time for what takes many minutes.
 */
export type SkipKind = 'xs' | 'data' | 'c' | 'multilib' | 'riscv' | 'valgrind' | 'moddable' | 'long';

/** The line that `skip` prints; the runner looks for it. */
export const SKIP_LINE = /^skipped: .+ \([a-z]+\)$/gm;

/**
 * Call it in place of registering tests, before `test.run()`:
 * `if (xs === undefined) skip('xs', 'the XS engine is not built'); else test('…', …);`
 * @throws Error when SPARROW_REQUIRE names the kind, so that the file fails
 */
export function skip(kind: SkipKind, reason: string): void {
  if (isRequired(kind)) throw new Error(`SPARROW_REQUIRE names ${kind}, but ${reason}`);
  console.log(`skipped: ${reason} (${kind})`);
}

/** Whether SPARROW_REQUIRE names the kind: what is `long` runs then only. */
export function isRequired(kind: SkipKind): boolean {
  return (process.env.SPARROW_REQUIRE ?? '').split(',').includes(kind);
}
