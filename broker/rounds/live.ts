/**
 * A live task: boards learn from windows of their sensors. Their sums make one normalisation for all, frozen
 * before the first round and on disk before anybody sees it: every plan names it, and an update made with another one
 * cannot come about. It is a function of the set of the devices' last sums, whatever order they came in.
 * @module
 */
import { normalOf } from '../../shared/data/normal.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { frameCrc } from '../../shared/protocol/frame.js';
import { encodeLabel } from '../../shared/protocol/label.js';
import { decodeMoments } from '../../shared/protocol/moments.js';
import { decodePrediction, type Prediction } from '../../shared/protocol/prediction.js';
import { decodeWindows, encodeWindows, type WindowFormat } from '../../shared/protocol/windows.js';
import type { LiveEvent } from './event.js';

export interface LiveStore {
  /** The last sums of each device, as their frames. */
  loadMoments(): ReadonlyMap<string, Uint8Array>;
  /** In place of earlier ones of the device; durable when resolved. */
  saveMoments(device: string, frame: Uint8Array): Promise<void>;
  /** The windows frame with its normalisation, once there is one. */
  loadWindows(): Uint8Array | undefined;
  /** Once; durable when it returns. */
  saveWindows(frame: Uint8Array): void;
}

/** As `Publisher` in `ports.ts`. */
export interface LivePublisher {
  publishWindows(frame: Uint8Array): Promise<void>; // retained
  publishLabel(device: string, frame: Uint8Array): Promise<void>;
}

export interface LivePorts {
  readonly format: WindowFormat;
  readonly store: LiveStore;
  readonly publisher: LivePublisher;
  readonly most: number; // devices that are remembered: strangers may invent names
  readonly onEvent: (event: LiveEvent) => void;
  /** A board whose sums were missing can take part now. */
  onMoments(): void;
}

export class Live {
  readonly #ports: LivePorts;
  readonly #moments: Map<string, Uint8Array>; // frames, by device
  readonly #predictions = new Map<string, Prediction>();
  #frozen: Uint8Array | undefined; // frame

  /** @throws Error when the store holds the windows of another task */
  constructor(ports: LivePorts) {
    this.#ports = ports;
    this.#moments = new Map(ports.store.loadMoments());
    this.#frozen = ports.store.loadWindows();
    if (this.#frozen === undefined) return;
    const { normals, ...format } = decodeWindows(this.#frozen);
    if (formatText(format) !== formatText(ports.format)) {
      throw new Error(
        `windows ${formatText(format)} in the data folder, expected ${formatText(ports.format)}`,
      );
    }
  }

  /** The last prediction of each device that made one. */
  get predictions(): ReadonlyMap<string, Prediction> {
    return this.#predictions;
  }

  /** Tells all boards how windows are cut, and normalised where that is known. */
  start(): void {
    const { publisher, format } = this.#ports;
    void publisher.publishWindows(this.#frozen ?? encodeWindows(format));
  }

  /** Whether a device may take part in a round. */
  knows(device: string): boolean {
    return this.#frozen !== undefined || this.#moments.has(device);
  }

  /**
   * The normalisation is what it is from now on.
   * @returns the CRC-32 by which plans name it
   * @throws RangeError when no device has sent its sums
   */
  freeze(): number {
    this.#frozen ??= this.#normalised();
    return frameCrc(this.#frozen);
  }

  /** Resolves when the sums are durable; after the normalisation is frozen nobody needs them. */
  async receiveMoments(device: string, frame: Uint8Array): Promise<void> {
    const { format, store, onEvent, onMoments } = this.#ports;
    const report = readable(() => decodeMoments(frame, device));
    if (report === undefined || this.#frozen !== undefined) return; // a damaged one: the board sends more
    if (report.channels.length !== format.channels) return; // of another task
    if (!this.#hasRoom(this.#moments, device)) return;
    await store.saveMoments(device, frame);
    this.#moments.set(device, frame);
    const [{ count: values }] = report.channels;
    onEvent({ kind: 'moments', device, values, devices: this.#moments.size });
    onMoments();
  }

  receivePrediction(device: string, frame: Uint8Array): void {
    const prediction = readable(() => decodePrediction(frame));
    if (prediction === undefined || prediction.label >= this.#ports.format.classes) return;
    if (!this.#hasRoom(this.#predictions, device)) return;
    this.#predictions.set(device, prediction);
    this.#ports.onEvent({ kind: 'prediction', device, ...prediction });
  }

  /** @throws RangeError when there is no such label, or the device has no such name */
  label(device: string, label: number | undefined, seconds: number): void {
    const { format, publisher } = this.#ports;
    if (label !== undefined && label >= format.classes) {
      throw new RangeError(`label ${label}, expected 0 to ${format.classes - 1}`);
    }
    void publisher.publishLabel(device, encodeLabel({ device, label, seconds }));
  }

  #hasRoom(known: ReadonlyMap<string, unknown>, device: string): boolean {
    return known.has(device) || known.size < this.#ports.most;
  }

  #normalised(): Uint8Array {
    const { format, store, publisher, onEvent } = this.#ports;
    const reports = [...this.#moments].map(([device, frame]) => decodeMoments(frame, device).channels);
    const normals = Array.from({ length: format.channels }, (_, channel) =>
      normalOf(reports.map((channels) => channels[channel])),
    );
    const frame = encodeWindows({ ...format, normals });
    store.saveWindows(frame);
    void publisher.publishWindows(frame);
    onEvent({ kind: 'normalised', devices: reports.length });
    return frame;
  }
}

/** The format in one line, always the same for the same. */
export function formatText({ steps, channels, stride, hertz, classes, least }: WindowFormat): string {
  return JSON.stringify({ steps, channels, stride, hertz, classes, least });
}

/** Undefined for bytes that are no such frame. */
function readable<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined;
  }
}
