/**
 * Where tests find data sets that are too big for the repository.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder of a data set such as `fashion14`, in `../shared/data` beside the repository, or
 * undefined: then the test calls `skip('data', …)`.
 */
export function outsideData(name: string): string | undefined {
  const folder = join(import.meta.dirname, '../../../shared/data', name);
  return existsSync(join(folder, 'train.fld')) ? folder : undefined;
}
