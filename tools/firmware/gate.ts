/**
 * The script side of one ESP32 target: manifest, types, byte code, preloading and stripping, as the SDK
 * does them before a C compiler sees anything. That needs no ESP-IDF: the makefile only wants a git
 * tree in its place, with the tag of the version that the SDK expects.
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FirmwareManifest } from './manifest.js';
import { run, type Sdk } from './sdk.js';

/** Targets of the SDK that the manifest is made for, one for each kind of board at least. */
export const TARGETS = [
  'nodemcu',
  'esp32s3',
  'moddable_six',
  'esp32c3',
  'm5stick_cplus',
  'm5atom_matrix',
  'm5atom_s3',
] as const;

export interface Gate {
  readonly sdk: Sdk;
  readonly manifest: FirmwareManifest;
  readonly folder: string; // for what is built
}

/**
 * Preload warnings that no one here can mend: of modules that are not ours, and of the object that each
 * generator function has as `prototype`. Nothing ever touches it; it costs 4 bytes of RAM.
 */
const ACCEPTED = [/^### warning: (typed-binary|wifi): /, /\.prototype: not frozen$/];
const OURS = /^### warning: (shared|firmware)\//;

/** @returns the preload warnings of our own modules: each a line, the build's errors are thrown */
export async function checkTarget({ sdk, manifest, folder }: Gate, target: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const env = { ...sdk.env, IDF_PATH: await standIn(sdk, join(folder, 'idf')) };
  const cwd = dirname(manifest.path);
  await run('mcconfig', ['-p', `esp32/${target}`, '-o', folder, manifest.path], { env, cwd });
  const place = join(folder, 'tmp/esp32', target, 'release', manifest.name);
  const chip =
    /^ESP32_SUBCLASS = (\w+)$/m.exec(readFileSync(join(place, 'makefile'), 'utf8'))?.[1] ?? 'esp32';
  const config = join(place, `xsProj-${chip}`, 'build/config');
  mkdirSync(config, { recursive: true });
  writeFileSync(join(config, 'sdkconfig.h'), '');
  const args = ['-f', join(place, 'makefile'), '-o', join(config, 'sdkconfig.h'), join(place, 'mc.xs.c')];
  return preloadWarnings(await run('make', args, { env, cwd }));
}

/** The warnings in a build's output that must not be. */
export function preloadWarnings(log: string): string[] {
  return log.split('\n').filter((line) => OURS.test(line) && !ACCEPTED.some((form) => form.test(line)));
}

/** A git tree with the one tag that the SDK's makefile looks at. */
async function standIn(sdk: Sdk, folder: string): Promise<string> {
  if (existsSync(join(folder, '.git'))) return folder;
  mkdirSync(folder, { recursive: true });
  const manifest = readFileSync(join(sdk.folder, 'build/devices/esp32/manifest.json'), 'utf8');
  const version = /"EXPECTED_ESP_IDF": *"([^"]+)"/.exec(manifest)?.[1] ?? 'v0';
  const git = (...args: string[]) => run('git', args, { env: sdk.env, cwd: folder });
  await git('init', '-q');
  await git('-c', 'user.name=none', '-c', 'user.email=none', 'commit', '-q', '--allow-empty', '-m', 'none');
  await git('tag', version);
  return folder;
}
