/**
 * Makes what a board on stand-ins runs: the host, and one script of the firmware's own entry for a chip,
 * `firmware/ports/moddable/esp32/main.ts`, with stand-ins in place of the SDK's modules.
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import { bestBits, buildHost } from '../xs/build.js';
import { bundleForXs } from '../xs/bundle.js';
import type { HeapLimits } from '../xs/host.js';
import type { XsEngineFiles } from './xsboard.js';

/** Modules of the SDK, and who stands for them in `moddable/`. */
export const STAND_INS: Readonly<Record<string, string>> = {
  'embedded:io/socket/tcp': 'tcp.ts',
  'embedded:io/socket/udp': 'udp.ts',
  'embedded:network/dnssd': 'dnssd.ts',
  'embedded:network/interface/wifi': 'wifi.ts',
  'embedded:network/mqtt/client': 'mqttclient.ts',
  'embedded:storage/flash': 'flash.ts',
  crypt: 'crypto.ts',
  curve: 'crypto.ts',
  ecdsa: 'crypto.ts',
  ecp: 'crypto.ts',
  modules: 'modules.ts',
  net: 'net.ts',
  resetReason: 'resetreason.ts',
  sntp: 'sntp.ts',
  time: 'time.ts',
  timer: 'timer.ts',
};

/** What the command line of `mcconfig` and the board's part of the manifest leave in `mc/config`. */
export type BuildConfig = Readonly<Record<string, string | number | boolean>>;

const FOLDER = join(import.meta.dirname, 'moddable');
const FIRMWARE = join(import.meta.dirname, '../../firmware/ports/moddable');
const FIRMWARE_ENTRY = join(FIRMWARE, 'esp32/main.ts');
const ENTRY = 'sparrow/chip';
const CONFIG = 'mc/config';

/** @throws Error naming the module of the SDK that has no stand-in, and who imports it */
export function bundleForChip(config: BuildConfig, entry = FIRMWARE_ENTRY): Promise<string> {
  return bundleForXs(ENTRY, [standIns(config, entry)]);
}

/**
 * @param config such as `{ board: 'esp32', task: 'digits' }`
 * @throws Error where it cannot be built
 */
export async function moddableFiles(config: BuildConfig): Promise<XsEngineFiles> {
  const [program, script] = await Promise.all([
    buildHost(bestBits(), { isStripped: true }),
    bundleForChip(config),
  ]);
  return { program, script };
}

function standIns(config: BuildConfig, entry: string): Plugin {
  const isPackage = (path: string) => path === 'typed-binary';
  return {
    name: 'stand-ins',
    setup(build) {
      // Names that are no paths: the entry, packages, and modules of the SDK.
      build.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
        if (path === ENTRY || path === CONFIG) return { path, namespace: 'stand-in' };
        const file = Object.hasOwn(STAND_INS, path) ? STAND_INS[path] : undefined;
        if (file !== undefined) return { path: join(FOLDER, file) };
        if (isPackage(path)) return undefined;
        const text = `no stand-in for the SDK's module ${path}, expected one in tools/emulator/moddable`;
        return { errors: [{ text: `${text} (imported by ${importer})` }] };
      });
      build.onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({
        contents: path === CONFIG ? configModule(config) : entryModule(entry),
        resolveDir: dirname(entry),
        loader: 'js',
      }));
    },
  };
}

function configModule(config: BuildConfig): string {
  return `export default Object.freeze(${JSON.stringify(config)});`;
}

function entryModule(entry: string): string {
  return [
    `import { install } from ${JSON.stringify(join(FOLDER, 'board.ts'))};`,
    `import main from ${JSON.stringify(entry)};`,
    'install(main);',
  ].join('\n');
}

/** The part of a board's manifest that sizes the engine's memory: slots, or bytes of chunks. */
interface Creation {
  readonly static: number; // bytes of chunks and slots together; 0: each has its own
  readonly chunk: { readonly initial: number };
  readonly heap: { readonly initial: number };
  readonly stack: number;
}

const SLOT_BYTES = 16;

/** The memory that the manifest gives the engine on a board. @param name such as `esp32` */
export function manifestLimits(name: string): HeapLimits {
  const path = join(FIRMWARE, 'boards', `${name}.json`);
  const { creation } = JSON.parse(readFileSync(path, 'utf8')) as { readonly creation: Creation };
  const { static: poolBytes, chunk, heap, stack } = creation;
  const sumBytes = poolBytes || chunk.initial + (heap.initial + stack) * SLOT_BYTES;
  return {
    chunkBytes: poolBytes || chunk.initial,
    slots: poolBytes ? Math.floor(poolBytes / SLOT_BYTES) - stack : heap.initial,
    sumBytes,
    stackSlots: stack,
  };
}
