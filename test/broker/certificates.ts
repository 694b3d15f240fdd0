/** Certificates in files, for tests that need TLS. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Identity, makeAuthority, makeBroker } from '../../tools/certificate/certificate.js';

const DAY_MS = 86_400_000;

export function authority(name = 'test authority'): Identity {
  return makeAuthority(name, { from: new Date(Date.now() - DAY_MS), days: 3650 });
}

/** A folder with what a broker on this machine needs, and the authority that boards trust. */
export class Certificates {
  readonly #folder = mkdtempSync(join(tmpdir(), 'sparrow-tls-'));
  readonly authority: Identity;
  /** Paths of files. */
  readonly files: { readonly cert: string; readonly key: string };

  constructor(names: readonly string[] = ['localhost', '127.0.0.1'], days = 30) {
    this.authority = authority();
    const { certificate, key } = makeBroker(this.authority, names, days);
    this.files = { cert: this.write('broker.pem', certificate), key: this.write('broker.key', key) };
  }

  /** In PEM. */
  get ca(): string {
    return this.authority.certificate;
  }

  /** @returns the path */
  write(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  read(path: string): string {
    return readFileSync(path, 'utf8');
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
