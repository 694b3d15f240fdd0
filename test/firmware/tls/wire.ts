/** What a broker sends in a handshake of TLS 1.2, as real bytes: Node shakes hands with itself. */
import { constants } from 'node:crypto';
import { connect as connectPlain, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, createSecureContext, TLSSocket } from 'node:tls';
import type { Identity } from '../../../tools/certificate/certificate.js';

export const RECORD = 5;

/** @returns what came from the broker up to the end of the handshake, in the pieces in which it came */
export async function handshakeOf(identity: Identity, ciphers?: string): Promise<Buffer[]> {
  const context = createSecureContext({
    cert: identity.certificate,
    key: identity.key,
    ecdhCurve: 'P-256',
    secureOptions: constants.SSL_OP_NO_TICKET, // Node's client would take one, the SDK's asks for none
  });
  const server = createServer((socket) => {
    new TLSSocket(socket, { isServer: true, secureContext: context }).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const raw = connectPlain(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  const wire = tapped(raw, (bytes) => pieces.push(Buffer.from(bytes)));
  const secure = connect({
    socket: wire,
    rejectUnauthorized: false,
    maxVersion: 'TLSv1.2',
    ciphers: ciphers ?? 'ECDHE-ECDSA-AES128-GCM-SHA256',
  });
  await new Promise<void>((resolve, reject) => {
    secure.once('secureConnect', () => resolve());
    secure.once('error', reject);
  });
  raw.destroy();
  server.close();
  return pieces;
}

function tapped(socket: Socket, tap: (bytes: Buffer) => void): Duplex {
  const wire = new Duplex({
    read() {},
    write: (chunk, _encoding, done) => void socket.write(chunk, () => done()),
  });
  socket.on('data', (bytes: Buffer) => {
    tap(bytes);
    wire.push(bytes);
  });
  socket.on('error', () => {});
  return wire;
}

/** Whole records, and where each message of the handshake lies. */
export function messagesOf(
  bytes: Buffer,
): { readonly type: number; readonly at: number; readonly length: number }[] {
  const found = [];
  for (let at = 0; at < bytes.length && bytes[at] === 22; at += RECORD + bytes.readUInt16BE(at + 3)) {
    for (
      let m = at + RECORD;
      m < at + RECORD + bytes.readUInt16BE(at + 3);
      m += 4 + bytes.readUIntBE(m + 1, 3)
    ) {
      found.push({ type: bytes[m], at: m, length: bytes.readUIntBE(m + 1, 3) });
    }
  }
  return found;
}
