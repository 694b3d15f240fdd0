/**
 * `npm run kernels [folder]`: translates the kernels to C, by default into build/kernels.
 * @module
 */
import { join } from 'node:path';
import { generateKernels } from './generate.js';
import { ROOT } from './modules.js';

const folder = process.argv[2] ?? join(ROOT, 'build/kernels');
const files = generateKernels(folder);
console.log(`${files.length} C files in ${folder}`);
