/**
 * `npm run firmware -- -d -m -p esp32/nodemcu ssid=…`: the SDK's mcconfig on the firmware with its kernels in C,
 * which are made anew each time. Options and settings are those of mcconfig. Without `target=` the build
 * is named after the platform, so that updates over the network reach boards of the same kind. `ca=` with the
 * certificate of an authority makes it speak TLS, with brokers of that authority alone.
 * @module
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { KERNELS, nativeManifest } from './manifest.js';
import { findSdk, type Sdk } from './sdk.js';
import { secureManifest } from './securemanifest.js';
import { targetOf } from './target.js';

const CA = 'ca=';
/** Where the manifest with the authority is written. */
const SECURE = join(KERNELS, '../tls');

try {
  const sdk = findSdk();
  if (typeof sdk === 'string') throw new Error(`${sdk}; docs/boards.md says how to install it`);
  build(sdk, process.argv.slice(2));
} catch (error) {
  fail(error as Error);
}

function build({ env }: Sdk, words: readonly string[]): void {
  const ca = words.find((word) => word.startsWith(CA))?.slice(CA.length);
  const given = words.filter((word) => !word.startsWith(CA));
  const named = given.some((word) => word.startsWith('target=')) ? [] : targetOf(given);
  const native = nativeManifest();
  const { path } = ca === undefined ? native : secureManifest(ca, SECURE, [join(KERNELS, 'manifest.json')]);
  const child = spawn('mcconfig', [...given, ...named.map((name) => `target=${name}`), path], {
    env,
    stdio: 'inherit',
  });
  child.once('error', fail);
  child.once('close', (code) => {
    process.exitCode = code ?? 1;
  });
}

function fail({ message }: Error): void {
  console.error(message);
  process.exitCode = 1;
}
