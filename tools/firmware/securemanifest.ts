/**
 * The manifest of firmware with TLS: the one in the tree, and the authority that this build trusts.
 * @module
 */
import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { FirmwareManifest } from './manifest.js';

const ROOT = join(import.meta.dirname, '../..');
const TLS = join(ROOT, 'firmware/ports/moddable/tls/manifest.json');
const NAME = 'sparrow'; // that of the root's manifest counts

/**
 * @param ca path of the authority's certificate, PEM or DER
 * @param folder for the manifest and the certificate, within this project or not
 * @param others manifests that the build includes, too
 * @throws RangeError when the file is no certificate
 */
export function secureManifest(ca: string, folder: string, others: readonly string[] = []): FirmwareManifest {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(readFileSync(ca));
  } catch (error) {
    throw new RangeError(`ca ${ca}: ${(error as Error).message}, expected a certificate`);
  }
  const { asymmetricKeyDetails } = certificate.publicKey;
  if (asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new RangeError(`ca ${ca} with another key, expected one of P-256, as sparrow certificate makes it`);
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.der'), certificate.raw);
  const manifest = {
    include: [TLS, ...others].map((path) => relative(folder, path)),
    data: { '*': './ca' },
  };
  const path = join(folder, 'manifest.json');
  writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { path, name: NAME };
}
