/**
 * The authority that this firmware trusts: its certificate is built in as the resource `ca.der`.
 * @module
 */
import Resource from 'Resource';
import { readCertificate, type Trust } from '../../../tls/certificate.js';
import { BoardCrypto } from '../crypto.js';

const FILE = 'ca.der';

/** @throws ProtocolError when the file is no certificate of P-256 */
export function builtInTrust(): Trust {
  const bytes = new Uint8Array(new Resource(FILE).slice(0));
  return { authority: readCertificate(bytes), crypto: new BoardCrypto() };
}
