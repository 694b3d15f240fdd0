/**
 * `sparrow certificate`: what a broker needs for TLS in a network of one's own. The first call makes an
 * authority, later ones only a new certificate of the broker, so that the boards need not be built again.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { BROKER_NAME } from '../../shared/protocol/service.js';
import { derOf, type Identity, makeAuthority, makeBroker } from '../certificate/certificate.js';
import { integer } from './option.js';

interface Options {
  readonly folder: string;
  readonly name?: readonly string[];
  readonly days: number;
}

const AUTHORITY_DAYS = 7300; // boards keep it for as long as their firmware
const MAX_DAYS = 7300;
/** A board whose clock is a little behind still finds it valid. */
const EARLIER_MS = 86_400_000;

export function certificateCommand(): Command {
  return new Command('certificate')
    .description('make a private authority, once, and a certificate for a broker on this network')
    .option('--folder <path>', 'where keys and certificates go; keep its keys secret', 'sparrow-tls')
    .option('--name <names...>', 'names and addresses of the broker; those of this machine when left out')
    .option('--days <n>', 'how long the broker’s certificate is good', integer(1, MAX_DAYS), 825)
    .action(run);
}

function run({ folder, name, days }: Options): void {
  const place = (file: string) => join(folder, file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const isNew = !existsSync(place('ca.key'));
  if (isNew) writeAuthority(place);
  const authority = {
    certificate: readFileSync(place('ca.pem'), 'utf8'),
    key: readFileSync(place('ca.key'), 'utf8'),
  };
  const names = [...new Set([...(name ?? ownNames()), BROKER_NAME])];
  const { certificate, key } = makeBroker(authority, names, days);
  writeFileSync(place('broker.key'), key, { mode: 0o600 });
  writeFileSync(place('broker.pem'), certificate);
  console.log(`${isNew ? 'new' : 'known'} authority ${place('ca.pem')}, for boards ${place('ca.der')}`);
  console.log(`${place('broker.pem')}: good for ${days} days, for ${names.join(', ')}`);
  console.log(
    `start with: npm run broker -- --tls-cert ${place('broker.pem')} --tls-key ${place('broker.key')}`,
  );
}

/** @throws Error rather than put another in the place of an authority that boards trust */
function writeAuthority(place: (file: string) => string): void {
  const from = new Date(Date.now() - EARLIER_MS);
  const made: Identity = makeAuthority('Sparrow authority', { from, days: AUTHORITY_DAYS });
  for (const [file, content] of [
    ['ca.pem', made.certificate],
    ['ca.der', derOf(made.certificate)],
  ] as const) {
    writeFileSync(place(file), content, { flag: 'wx' });
  }
  writeFileSync(place('ca.key'), made.key, { mode: 0o600, flag: 'wx' });
}

/** How boards and people may call this machine. */
function ownNames(): string[] {
  const host = hostname().replace(/\.local$/, '');
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  return [host, `${host}.local`, 'localhost', '127.0.0.1', ...addresses];
}
