/**
 * One federation of boards of the SDK's Linux build and boards emulated on Node, on the real broker;
 * what every board sent is recorded on its way.
 * @module
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBroker } from '../../broker/main.js';
import type { CredentialFiles } from '../../broker/mqtt/credentials.js';
import type { FederationSummary } from '../../broker/rounds/event.js';
import { SETTINGS, type Settings } from '../../firmware/federation/settings.js';
import { start } from '../../firmware/main.js';
import { Shard } from '../../shared/data/example-set.js';
import type { Recipe } from '../../shared/model/recipe.js';
import { decodeMetrics, type Metrics } from '../../shared/protocol/metrics.js';
import { parseTopic } from '../../shared/protocol/topics.js';
import type { Dataset } from '../datasets/dataset.js';
import { modelFor, taskName } from '../datasets/model.js';
import { wholeSet } from '../datasets/split.js';
import { EmulatedBoard } from '../emulator/board.js';
import { LinuxBoard, type MemoryUse } from './board.js';
import type { LinuxBuild } from './build.js';
import { type Cut, RecordingProxy } from './proxy.js';
import { formatShard } from './shard.js';

export interface FederationOptions {
  readonly dataset: Dataset;
  readonly recipe: Recipe;
  readonly shards: readonly Uint32Array[]; // places in the training set, one board each
  readonly board: string; // profile name
  readonly folder: string; // empty
  /** The first `count` boards run it; none when left out. */
  readonly sdk?: { readonly build: LinuxBuild; readonly count: number };
  readonly settings?: Partial<Settings>; // of every board
  readonly trouble?: Trouble;
  /** Broker and boards speak TLS and nothing else; updates and metrics are not recorded then. */
  readonly tls?: { readonly files: CredentialFiles; readonly ca: string }; // the authority in PEM
  readonly onLine?: (device: string, line: string) => void;
}

/** What goes wrong on purpose. */
export interface Trouble {
  /** Asked at each connection of a board. */
  nextCut?(): Cut | undefined;
  /** The broker closes and comes back so many times, each after a time from `restAfterMs`. */
  readonly restarts?: number;
  restAfterMs?(): number;
}

export interface FederationRun {
  readonly summary: FederationSummary;
  readonly model: Buffer; // final
  /** By device: its update frames in order, each different one once. */
  readonly updates: ReadonlyMap<string, readonly Buffer[]>;
  /** By device: its last metrics frame. */
  readonly metrics: ReadonlyMap<string, Metrics>;
  readonly memory: ReadonlyMap<string, MemoryUse>;
  readonly bytes: { readonly up: number; readonly down: number }; // on TCP, all boards
  readonly cuts: number;
  readonly restarts: number;
}

const SEED = 1;

export function deviceName(index: number): string {
  return `board-${index + 1}`;
}

/** @throws Error when a board of the SDK's build ended by itself */
export async function runFederation(options: FederationOptions): Promise<FederationRun> {
  const { dataset, recipe, shards, board, folder, sdk, settings, trouble = {}, tls, onLine } = options;
  const task = taskName(dataset.name);
  const boards = shards.length;
  mkdirSync(folder, { recursive: true });
  const startAgain = () =>
    startBroker(
      {
        task,
        taskSeed: SEED,
        recipe,
        description: modelFor(dataset),
        folder: join(folder, 'broker'),
        host: '127.0.0.1',
        port: tls === undefined ? 0 : undefined,
        tls: tls && { ...tls.files, port: 0 },
        testSet: wholeSet(dataset.test),
        board: { name: board, examples: Math.max(...shards.map((places) => places.length)) },
        cohort: boards,
        goal: boards,
        minimum: boards,
        deadlineMs: 0,
        gatherMs: 0,
        maxDevices: boards,
      },
      { onEvent: () => {}, log: (line) => onLine?.('broker', line) },
    );
  let broker = await startAgain();
  let restarts = 0;
  const proxy = new RecordingProxy(() => broker.port, tls === undefined);
  if (trouble.nextCut !== undefined) proxy.nextCut = () => trouble.nextCut?.();
  const port = await proxy.listen();
  const onLinux = shards.slice(0, sdk?.count ?? 0).map((places, index) => {
    const device = deviceName(index);
    return new LinuxBoard({
      build: sdk!.build,
      folder: join(folder, device),
      device,
      board,
      task,
      port,
      shard: formatShard(dataset.train, places),
      settings,
      onLine: (line) => onLine?.(device, line),
    });
  });
  const onNode = shards.slice(onLinux.length).map((places, i) => {
    const device = deviceName(onLinux.length + i);
    return new EmulatedBoard({
      device,
      board,
      task,
      broker: { host: '127.0.0.1', port, tls: tls && { ca: tls.ca } },
      examples: new Shard(dataset.train, places),
      seed: i,
      firmware: (ports) => start(ports, { ...SETTINGS, ...settings }),
      log: { line: (line) => onLine?.(device, line) },
    });
  });
  /** The end, after as many restarts of the broker as asked for or possible. */
  const finished = async (): Promise<FederationSummary> => {
    for (;;) {
      const rest = restarts < (trouble.restarts ?? 0) ? (trouble.restAfterMs?.() ?? 0) : undefined;
      const summary = await Promise.race([broker.finished, ...(rest === undefined ? [] : [resting(rest)])]);
      if (summary !== undefined) return summary;
      await broker.close();
      broker = await startAgain();
      restarts += 1;
    }
  };
  try {
    for (const each of [...onLinux, ...onNode]) each.start();
    const death = Promise.race(onLinux.map(({ died }) => died));
    const summary = await Promise.race([
      finished(),
      ...(onLinux.length > 0 ? [death.then((reason) => Promise.reject(new Error(reason)))] : []),
    ]);
    return {
      summary,
      model: readFileSync(join(folder, 'broker', 'final.model')),
      updates: updatesIn(proxy),
      metrics: metricsIn(proxy),
      memory: await stopped(onLinux),
      bytes: { ...proxy.bytes },
      cuts: proxy.cuts,
      restarts,
    };
  } finally {
    await stopped(onLinux);
    for (const each of onNode) each.stop();
    await broker.close();
    await proxy.close();
  }
}

function resting(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

async function stopped(boards: readonly LinuxBoard[]): Promise<Map<string, MemoryUse>> {
  await Promise.all(boards.map((board) => board.stop()));
  return new Map(boards.flatMap(({ device, memory }) => (memory === undefined ? [] : [[device, memory]])));
}

function metricsIn({ recorded }: RecordingProxy): Map<string, Metrics> {
  const metrics = new Map<string, Metrics>();
  for (const { topic, payload } of recorded) {
    const parsed = parseTopic(topic);
    if (parsed?.kind === 'metrics') metrics.set(parsed.device, decodeMetrics(payload));
  }
  return metrics;
}

/** A board may have said the same twice, after a lost connection. */
function updatesIn({ recorded }: RecordingProxy): Map<string, Buffer[]> {
  const updates = new Map<string, Buffer[]>();
  for (const { topic, payload } of recorded) {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'update') continue;
    const frames = updates.get(parsed.device) ?? [];
    updates.set(parsed.device, frames);
    if (!frames.some((frame) => frame.equals(payload))) frames.push(payload);
  }
  return updates;
}
