/**
 * Lives of a board that may get new firmware: each begins with the boot loader and ends with a restart, a
 * power cut, or nothing left to do. The network is in memory: it gives what is retained, at once.
 * @module
 */
import type { MessageSink, Timer } from '../../../firmware/ports/ports.js';
import { Updater } from '../../../firmware/update/updater.js';
import { encodeFirmware, type Firmware } from '../../../shared/protocol/firmware.js';
import { encodeImagePart, IMAGE_PART_BYTES, imageParts } from '../../../shared/protocol/image.js';
import { firmwareTopic, imageTopic } from '../../../shared/protocol/topics.js';
import { type Booted, FirmwareFlash, makeImage } from '../../../tools/emulator/bootloader.js';
import { PowerLoss } from '../../../tools/emulator/chip.js';
import { makeKey, publicKeyOf, signFirmware } from '../../../tools/firmware/signature.js';

export const TARGET = 'm5atom';
const TASK = 'digits';
const SEGMENT_BYTES = 1436;
const KEY = makeKey();
const PUBLIC_KEY = publicKeyOf(KEY);

export const OLD = 0x000100;
export const NEW = 0x000200;

/** What the broker retains, by topic. */
export type Retained = Map<string, Uint8Array>;

export function signed(image: Uint8Array, version = NEW, key = KEY): Firmware {
  return signFirmware(image, { target: TARGET, version }, key);
}

/** What the broker says when this is published. */
export function published(firmware: Firmware, image: Uint8Array): Retained {
  const retained: Retained = new Map([[firmwareTopic(TASK, TARGET), encodeFirmware(firmware)]]);
  const { version } = firmware;
  for (let part = 0; part < imageParts(image.length); part++) {
    const payload = image.subarray(part * IMAGE_PART_BYTES, (part + 1) * IMAGE_PART_BYTES);
    retained.set(imageTopic(TASK, TARGET, part), encodeImagePart({ version, part }, payload));
  }
  return retained;
}

/** A board that came from the factory with this firmware in slot 0. */
export function boardWith(image: Uint8Array, slotBytes: number): FirmwareFlash {
  const flash = new FirmwareFlash(slotBytes);
  flash.install(0, image);
  return flash;
}

export interface Life {
  readonly booted: Booted | undefined; // undefined: a dead board
  readonly end: 'restart' | 'power' | 'idle';
  readonly lines: readonly string[];
}

/** @param joins whether a firmware reaches the broker */
export function live(flash: FirmwareFlash, retained: Retained, joins: (version: number) => boolean): Life {
  flash.chip.powerOn();
  return run(flash, retained, joins);
}

/** The same with the power cut that was asked of the chip. */
export function run(flash: FirmwareFlash, retained: Retained, joins: (version: number) => boolean): Life {
  const booted = flash.boot();
  const lines: string[] = [];
  if (booted === undefined) return { booted, end: 'idle', lines };
  let isRestarted = false;
  const restart = () => {
    isRestarted = true;
  };
  const turns: (() => void)[] = [];
  const clock = {
    nowMs: () => 0,
    after(delayMs: number, callback: () => void): Timer {
      if (delayMs === 0) turns.push(callback); // the rest are watches
      return { cancel() {} };
    },
  };
  const wanted: string[] = [];
  const link = {
    isUp: true,
    subscribe: (topic: string) => void wanted.push(topic),
    unsubscribe() {},
    send() {},
  };
  try {
    const updater = new Updater({
      host: flash.host(booted, { target: TARGET, key: PUBLIC_KEY, restart }),
      task: TASK,
      clock,
      log: { line: (text) => lines.push(text) },
      downloadMs: 1000,
      isIdle: () => true,
    });
    if (updater.boot()) {
      updater.start(link);
      if (!joins(booted.version))
        restart(); // a crash, or its watch
      else updater.onUp();
    }
    for (let topic = wanted.shift(); !isRestarted && topic !== undefined; topic = wanted.shift()) {
      const payload = retained.get(topic);
      if (payload !== undefined) deliver(payload, updater.onMessage(topic, payload.length));
      for (let turn = turns.shift(); !isRestarted && turn !== undefined; turn = turns.shift()) turn();
    }
  } catch (error) {
    if (!(error instanceof PowerLoss)) throw error;
    return { booted, end: 'power', lines };
  }
  if (!flash.chip.isOn) return { booted, end: 'power', lines };
  return { booted, end: isRestarted ? 'restart' : 'idle', lines };
}

/** A sink that throws gets no more, as over a connection; but lost power is no such mistake. */
function deliver(payload: Uint8Array, sink: MessageSink | undefined): void {
  if (sink === undefined) return;
  try {
    for (let at = 0; at < payload.length; at += SEGMENT_BYTES)
      sink.write(payload.subarray(at, at + SEGMENT_BYTES));
    sink.end();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ProtocolError') throw error;
  }
}

/** Lives until nothing happens any more. @throws Error when it never ends */
export function settle(
  flash: FirmwareFlash,
  retained: Retained,
  joins: (version: number) => boolean,
): Life[] {
  const lives: Life[] = [];
  for (let i = 0; i < 20; i++) {
    const life = live(flash, retained, joins);
    lives.push(life);
    if (life.end === 'idle') return lives;
  }
  throw new Error(`no end: ${lives.map(({ end, booted }) => `${booted?.version} ${end}`).join(', ')}`);
}

export const oldImage = (bytes: number) => makeImage(OLD, bytes);
export const newImage = (bytes: number, version = NEW) => makeImage(version, bytes);
