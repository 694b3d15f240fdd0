/**
 * `sparrow firmware`: a key for its maker, a signed file from an image, and the way to the boards.
 * @module
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { formatFirmwareFile, readFirmwareFile } from '../../broker/storage/firmware.js';
import { formatVersion } from '../../shared/protocol/firmware.js';
import { makeKey, publicKeyOf, signFirmware } from '../firmware/signature.js';

interface SignOptions {
  readonly key: string;
  readonly target: string;
  readonly release: number;
  readonly out: string;
}

export function firmwareCommand(): Command {
  const command = new Command('firmware').description('sign firmware and give it to boards over the network');
  command
    .command('key')
    .description('make a private key; prints the public one, which the boards are built with')
    .argument('<file>', 'where the private key goes: keep it, and keep it secret')
    .action((file: string) => {
      writeFileSync(file, makeKey(), { mode: 0o600, flag: 'wx' });
      console.log(publicText(file));
    });
  command
    .command('public')
    .description('print the public key of a private one')
    .argument('<file>', 'the private key')
    .action((file: string) => console.log(publicText(file)));
  command
    .command('sign')
    .description('make a signed firmware file of an image')
    .argument('<image>', 'what the build made for the application slot')
    .requiredOption('--key <file>', 'the private key')
    .requiredOption('--target <name>', 'build that it is for, as the boards know it: m5atom')
    .requiredOption('--release <version>', 'higher than what the boards run: 1.2.3', version)
    .requiredOption('--out <file>', 'the signed file')
    .action(signFile);
  command
    .command('publish')
    .description('check a signed file and give it to the broker of a data folder, running or not')
    .argument('<file>', 'the signed file')
    .option('--folder <path>', 'data folder of the broker', 'sparrow-data')
    .action(publishFile);
  return command;
}

function signFile(path: string, { key, target, release, out }: SignOptions): void {
  const image = new Uint8Array(readFileSync(path));
  const firmware = signFirmware(image, { target, version: release }, readFileSync(key, 'utf8'));
  writeFileSync(out, formatFirmwareFile({ firmware, image }));
  console.log(`${out}: firmware ${formatVersion(release)} for ${target}, ${image.length} bytes`);
}

function publishFile(path: string, { folder }: { readonly folder: string }): void {
  const file = readFirmwareFile(path);
  const { target, version: release } = file.firmware;
  const shelf = join(folder, 'firmware');
  mkdirSync(shelf, { recursive: true });
  const place = join(shelf, `${target}.fw`);
  writeFileSync(`${place}.part`, formatFirmwareFile(file)); // a broker sees the old file or the new one
  renameSync(`${place}.part`, place);
  console.log(`${place}: firmware ${formatVersion(release)} for ${target}`);
}

function publicText(file: string): string {
  return Buffer.from(publicKeyOf(readFileSync(file, 'utf8'))).toString('hex');
}

function version(text: string): number {
  const parts = /^(\d{1,5})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts[0] > 65535 || parts[1] > 255 || parts[2] > 255) {
    throw new InvalidArgumentError('Expected a version, as 1.2.3.');
  }
  return parts[0] * 65536 + parts[1] * 256 + parts[2];
}
