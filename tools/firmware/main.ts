/**
 * `npm run firmware -- -d -m -p esp32/nodemcu ssid=…`: the SDK's mcconfig on the firmware with its kernels in C,
 * which are made anew each time. Options and settings are those of mcconfig. Without `target=` the build
 * is named after the platform, so that updates over the network reach boards of the same kind.
 * @module
 */
import { spawn } from 'node:child_process';
import { nativeManifest } from './manifest.js';
import { findSdk } from './sdk.js';
import { targetOf } from './target.js';

const sdk = findSdk();
if (typeof sdk === 'string') {
  console.error(`${sdk}; docs/boards.md says how to install it`);
  process.exitCode = 1;
} else {
  const given = process.argv.slice(2);
  const named = given.some((word) => word.startsWith('target=')) ? [] : targetOf(given);
  const { path } = nativeManifest();
  const child = spawn('mcconfig', [...given, ...named.map((name) => `target=${name}`), path], {
    env: sdk.env,
    stdio: 'inherit',
  });
  child.once('error', (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  child.once('close', (code) => {
    process.exitCode = code ?? 1;
  });
}
