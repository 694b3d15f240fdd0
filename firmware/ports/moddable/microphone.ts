/**
 * The port `Sensor` over an ECMA-419 audio input: log-mel features, one sample for every 40 ms of sound.
 *
 * Sound waits in the input's own buffer, which a chip fills beside the engine. A call takes one frame from it at most,
 * so that training is never held up for long; calls come more often than frames, and what waits is soon caught up with.
 * When too much waits, as after a long slice, its frames are dropped and counted. A frame is read at once, since the SDK's
 * input may take the mean away from what is read.
 * @module
 */
import { guarded } from '../../federation/guard.js';
import { LogMel } from '../../sound/logmel.js';
import { BANDS, FRAME, SAMPLE_RATE } from '../../sound/table.js';
import type { Clock, Log, Sensor } from '../ports.js';

/** Of an audio input with one channel of 16 bits at SAMPLE_RATE, what is used. */
export interface AudioInput {
  start(): void;
  /** Takes as many bytes as fit from its buffer; there must be as many. */
  read(into: Uint8Array): unknown;
  close(): void;
}

export interface AudioOptions {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Called now and then. @param bytes that wait */
  readonly onReadable: (bytes: number) => void;
}

export type AudioIn = new (options: AudioOptions) => AudioInput;

const FRAME_BYTES = 2 * FRAME;
/** The SDK's buffer holds 256 ms; when it is full, it is empty again. */
const MOST_BYTES = 4 * FRAME_BYTES;
/** Half of what a frame lasts. With kernels in byte code it would take hundreds. */
const MOST_MS = 20;

/** @returns undefined where the features of a frame take too long: a line says so then */
export function openMicrophone(audioIn: AudioIn, clock: Clock, log: Log): Microphone | undefined {
  const mel = new LogMel();
  const startMs = clock.nowMs();
  mel.read(new Int16Array(FRAME), new Int16Array(BANDS));
  const ms = clock.nowMs() - startMs;
  if (ms <= MOST_MS) return new Microphone(audioIn, mel, log);
  log.line(`no microphone: ${ms} ms for 40 ms of sound, expected at most ${MOST_MS}: kernels in C`);
  return undefined;
}

export class Microphone implements Sensor {
  readonly channels = BANDS;
  readonly hertz = SAMPLE_RATE / FRAME;
  readonly #audioIn: AudioIn;
  readonly #mel: LogMel;
  readonly #log: Log;
  readonly #frame = new Int16Array(FRAME);
  readonly #bytes = new Uint8Array(this.#frame.buffer);
  readonly #values = new Int16Array(BANDS);
  #dropped = 0;
  #input: AudioInput | undefined;

  constructor(audioIn: AudioIn, mel: LogMel, log: Log) {
    this.#audioIn = audioIn;
    this.#mel = mel;
    this.#log = log;
  }

  /** Frames dropped since the board started, because nobody had time for them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The input is open from `start` to `stop`: only then does it take memory. @throws Error when it cannot be opened */
  start(onSample: (values: Int16Array) => void): void {
    this.stop();
    const onReadable = guarded(this.#log, 'microphone', (bytes: number) => this.#take(bytes, onSample));
    const format = { sampleRate: SAMPLE_RATE, channels: 1, bitsPerSample: 16 };
    this.#input = new this.#audioIn({ ...format, onReadable });
    this.#input.start();
  }

  stop(): void {
    this.#input?.close();
    this.#input = undefined;
  }

  /** @param waiting bytes */
  #take(waiting: number, onSample: (values: Int16Array) => void): void {
    if (waiting > MOST_BYTES) {
      this.#drop(waiting);
    } else if (waiting >= FRAME_BYTES) {
      this.#input?.read(this.#bytes);
      this.#mel.read(this.#frame, this.#values);
      onSample(this.#values);
    }
  }

  #drop(waiting: number): void {
    for (let left = waiting; left >= FRAME_BYTES; left -= FRAME_BYTES) {
      this.#input?.read(this.#bytes);
      this.#dropped += 1;
    }
    this.#log.line(`no time for what the microphone heard: ${this.#dropped} frames so far`);
  }
}
