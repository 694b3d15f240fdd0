/**
 * One process per data folder. The lock is an exclusive transaction on a small SQLite file of its
 * own: the system releases it when the process ends, even by SIGKILL, so no lock is ever stale,
 * and other programs may still read `sparrow.db`.
 * @module
 */
import { join } from 'node:path';
import Database from 'libsql';

export class FolderLock {
  readonly #database: InstanceType<typeof Database>;

  /** @throws Error when another process holds the folder */
  constructor(folder: string) {
    this.#database = new Database(join(folder, 'sparrow.lock'));
    try {
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      this.#database.close();
      if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error;
      throw new Error(`data folder ${folder} in use by another process, expected one for this broker alone`);
    }
  }

  release(): void {
    this.#database.close();
  }
}
