/**
 * Makes what boards on the XS engine run: the host, built once for a machine, and the firmware as a script.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { nativeKernels } from '../kernels-to-c/native.js';
import { bestBits, buildHost, missingForHost } from '../xs/build.js';
import { bundleForXs } from '../xs/bundle.js';
import type { XsEngineFiles } from './xsboard.js';

const ENTRY = fileURLToPath(new URL('./xs/board.ts', import.meta.url));

/** Generated C, outside git. */
const KERNELS = fileURLToPath(new URL('../../build/kernels', import.meta.url));

/**
 * @param onWord gets a line for the user where the engine is not the board's in every way
 * @param native kernels in C instead of byte code
 * @param folder for them; of a test its own, since others may write theirs meanwhile
 * @throws Error where it cannot be built
 */
export async function xsFiles(
  onWord: (line: string) => void,
  native = false,
  folder = KERNELS,
): Promise<XsEngineFiles> {
  const missing = missingForHost();
  if (missing !== undefined) throw new Error(`engine xs cannot be built: ${missing}`);
  const bits = bestBits();
  if (bits === 64) {
    onWord(
      'XS with slots of 32 bytes, twice those of a board: objects take more of its memory than they would ' +
        '(gcc -m32 needs the package gcc-multilib)',
    );
  }
  const kernels = native ? nativeKernels(folder) : undefined;
  const [program, script] = await Promise.all([
    buildHost(bits, { extra: kernels?.sources, flags: kernels?.flags }),
    bundleForXs(ENTRY, kernels && [kernels.plugin]),
  ]);
  return { program, script };
}
