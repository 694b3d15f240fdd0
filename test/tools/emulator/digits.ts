/**
 * A small federation on real data for tests: six boards that learn digits over real MQTT. Every
 * round needs every board, however long that takes, so the final model is one sequence of bytes.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrokerSettings, type RunningBroker, startBroker } from '../../../broker/main.js';
import type { FederationEvent } from '../../../broker/rounds/event.js';
import { SETTINGS } from '../../../firmware/federation/settings.js';
import { recipeOf } from '../../../shared/model/recipe.js';
import { denseModel } from '../../../shared/model/zoo.js';
import { loadDataset } from '../../../tools/datasets/dataset.js';
import { split } from '../../../tools/datasets/split.js';
import { Room, type RoomOptions } from '../../../tools/emulator/room.js';

export const TASK = 'digits';
export const BOARDS = 6;
export const ROUNDS = 3;
export const QUICK = { ...SETTINGS, backoffFirstMs: 5, backoffMaxMs: 60, downloadMs: 300 };

const { train } = loadDataset('digits');
export const SHARDS = split(train, { partition: 'iid', clients: BOARDS, seed: 1 });

export const DESCRIPTION = denseModel(
  TASK,
  { shape: train.shape, type: train.signed ? 'int8' : 'uint8', exp: train.inputExp },
  train.classes,
);

/** Plain data: it can be handed to another process as JSON. */
export function digitsSettings(folder: string, changes: Partial<BrokerSettings> = {}): BrokerSettings {
  return {
    task: TASK,
    taskSeed: 1,
    description: DESCRIPTION,
    folder,
    host: '127.0.0.1',
    port: 0,
    recipe: recipeOf('sparrow', 0.1, { rounds: ROUNDS }),
    cohort: BOARDS,
    goal: BOARDS,
    minimum: BOARDS,
    deadlineMs: 0,
    gatherMs: 0,
    maxDevices: BOARDS,
    ...changes,
  };
}

export function openDigits(
  settings: BrokerSettings,
  onEvent: (event: FederationEvent) => void = () => {},
  log: (line: string) => void = () => {},
): Promise<RunningBroker> {
  return startBroker(settings, { onEvent, log });
}

/** Boards for the broker on this port of this machine, not yet on. */
export function digitsRoom(port: number, changes: Partial<RoomOptions> = {}): Room {
  return new Room({
    broker: { host: '127.0.0.1', port },
    task: TASK,
    board: 'esp32',
    shards: SHARDS,
    seed: 1,
    joinMs: 50,
    settings: QUICK,
    ...changes,
  });
}

/** Ends a broken test, and judges nothing: a busy machine may be slow. */
const LIMIT_MS = 120_000;

/** Resolves after the last round. @throws Error with what was said until then when that takes too long */
export async function ended({ finished }: RunningBroker, said: () => readonly string[]): Promise<void> {
  let overdue: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    overdue = setTimeout(
      () => reject(new Error(`no end in ${LIMIT_MS} ms:\n${said().join('\n')}`)),
      LIMIT_MS,
    );
  });
  try {
    await Promise.race([finished, tooLong]);
  } finally {
    clearTimeout(overdue);
  }
}

export interface Run {
  readonly model: Uint8Array; // after the last round
  readonly lines: readonly string[]; // '<device> <text>'
  readonly reports: readonly string[]; // '<round> <device> <verdict>', as they were judged
  readonly room: Room;
}

/** A whole federation; `onReport` may disturb it. */
export async function federate(
  folder: string,
  changes: Partial<RoomOptions> = {},
  onReport: (room: Room, round: number, device: string) => void = () => {},
): Promise<Run> {
  const lines: string[] = [];
  const reports: string[] = [];
  let room: Room | undefined;
  const broker = await openDigits(digitsSettings(folder), (event) => {
    if (event.kind !== 'report') return;
    reports.push(`${event.round} ${event.device} ${event.verdict}`);
    if (room !== undefined) onReport(room, event.round, event.device);
  });
  room = digitsRoom(broker.port, { log: (device, text) => lines.push(`${device} ${text}`), ...changes });
  try {
    room.start();
    await ended(broker, () => [...reports, ...lines]);
  } finally {
    room.stop();
    await broker.close();
  }
  return { model: finalModel(folder), lines, reports, room };
}

export function finalModel(folder: string): Uint8Array {
  return readFileSync(join(folder, 'final.model'));
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
