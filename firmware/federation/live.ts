/**
 * The sensor's side of a live task. The server says how values are cut into windows (`windows`); a person says what the
 * sensor sees, on the board or at the server; windows under a label are kept in flash as examples. Sums of their
 * values go up until there is a normalisation. Between two rounds the board says what its model makes of what it sees.
 *
 * While a round is at work nothing is recorded, and the model of the predictions is gone: the round needs the memory,
 * and the same examples from its beginning to its end.
 * @module
 */

import { frameCrc } from '../../shared/protocol/frame.js';
import { decodeLabel } from '../../shared/protocol/label.js';
import { encodeMoments } from '../../shared/protocol/moments.js';
import { deviceTopic, taskTopic } from '../../shared/protocol/topics.js';
import { decodeWindows, type WindowFormat } from '../../shared/protocol/windows.js';
import { WindowCutter } from '../data/cutter.js';
import { MomentSums } from '../data/moments.js';
import type { OwnExamples } from '../data/own.js';
import type { MessageSink, Ports, Sensor, Timer } from '../ports/ports.js';
import type { Companion, RoundView, SharedLink } from './companion.js';
import { guarded, reasonOf } from './guard.js';
import { collect } from './inbox.js';
import { Predictor } from './predictor.js';
import { Slices } from './slices.js';

/** A windows frame of 64 channels has 800 bytes. */
const MESSAGE_BYTES = 1024;
/** Values summed between two pauses. */
const SUM_VALUES = 2000;
/** Bytes of flash read and summed between two pauses: about 30 ms in byte code, by estimate. */
const CHECK_BYTES = 4096;
/** Sums go up again when there are so many times more windows. */
const GROWTH = 2;

export class Live implements Companion {
  readonly #ports: Ports;
  readonly #sensors: readonly Sensor[];
  readonly #examples: OwnExamples;
  readonly #sliceMacs: number;
  #link: SharedLink | undefined;
  #client: RoundView | undefined;
  #format: WindowFormat | undefined; // of the live task
  #sensor: Sensor | undefined; // that it is about
  #check: Slices<void> | undefined; // of the windows in flash, before the first sample
  #cutter: WindowCutter | undefined; // these two only between rounds
  #predictor: Predictor | undefined;
  #hasNormals = false; // sums are of no more use
  #summed = 0; // windows in the sums that went up last
  #sums: Slices<unknown> | undefined;
  #labelEnd: Timer | undefined;

  constructor(ports: Ports, sensors: readonly Sensor[], examples: OwnExamples, sliceMacs: number) {
    this.#ports = ports;
    this.#sensors = sensors;
    this.#examples = examples;
    this.#sliceMacs = sliceMacs;
  }

  start(link: SharedLink, client: RoundView): void {
    this.#link = link;
    this.#client = client;
    link.subscribe(taskTopic('windows', this.#ports.task));
    link.subscribe(this.#topicOf('label'));
  }

  /** Sums that were on their way may be lost. */
  onUp(): void {
    this.#summed = 0;
    this.#sum();
  }

  onMessage(topic: string, lengthBytes: number): MessageSink | undefined {
    if (topic === taskTopic('windows', this.#ports.task)) {
      return collect(lengthBytes, MESSAGE_BYTES, (bytes) => this.#heard(bytes));
    }
    if (topic !== this.#topicOf('label')) return undefined;
    return collect(lengthBytes, MESSAGE_BYTES, (bytes) => {
      const { label, seconds } = decodeLabel(bytes, this.#ports.identity.device);
      this.label(label, seconds);
    });
  }

  onRound(): void {
    this.#predictor?.stop();
    this.#predictor = undefined;
    this.#cutter = undefined;
  }

  stop(): void {
    this.#sensor?.stop();
    this.#check?.cancel();
    this.#sums?.cancel();
    this.#labelEnd?.cancel();
    this.onRound();
  }

  /**
   * Records what the sensor sees as this from now on.
   * @param seconds after which it ends, 0 = never
   * @throws RangeError when there is no such label, or no live task
   */
  label(label: number | undefined, seconds = 0): void {
    const { windows } = this.#examples;
    if (windows === undefined) throw new RangeError('no live task, expected one');
    windows.label = label;
    this.#cutter?.begin(); // no window of both
    this.#labelEnd?.cancel();
    this.#labelEnd = undefined;
    const { clock, log } = this.#ports;
    log.line(label === undefined ? `${windows.count} windows` : `windows are recorded as ${label}`);
    if (label === undefined || seconds === 0) return;
    this.#labelEnd = clock.after(
      1000 * seconds,
      guarded(log, 'label', () => this.label(undefined)),
    );
  }

  /** What a button does: no label, 0, 1, …, the last, and again. */
  nextLabel(): void {
    const { windows } = this.#examples;
    if (windows === undefined) return;
    const next = windows.label === undefined ? 0 : windows.label + 1;
    this.label(next < windows.classes ? next : undefined);
  }

  #heard(bytes: Uint8Array): void {
    const { normals, ...format } = decodeWindows(bytes);
    if (!isSame(this.#format, format)) this.#begin(format);
    this.#hasNormals = normals !== undefined;
    if (normals !== undefined) this.#examples.offer({ crc: frameCrc(bytes), normals });
    this.#client?.refresh();
    this.#sum();
  }

  /** @throws RangeError when no sensor is of this task */
  #begin(format: WindowFormat): void {
    const { steps, channels, hertz, classes, least } = format;
    const sensor = this.#sensors.find((each) => each.channels === channels && each.hertz === hertz);
    if (sensor === undefined) {
      const had = this.#sensors.map((each) => `${each.channels} channels at ${each.hertz} Hz`).join(', ');
      throw new RangeError(`sensor of ${had}, expected ${channels} at ${hertz}`);
    }
    if (this.#client?.isIdle === false)
      throw new RangeError('another task, expected none while a round is at work');
    this.#sensor?.stop();
    this.#sensor = sensor;
    this.#forget();
    const windows = this.#examples.record({ steps, channels, classes }, least);
    this.#format = format;
    const { clock, log } = this.#ports;
    this.#check = new Slices(clock, windows.check(), CHECK_BYTES, {
      onDone: () => {
        this.#check = undefined;
        log.line(`live windows of ${steps} samples, ${classes} labels; ${windows.count} kept`);
        sensor.start(guarded(log, 'sensor', (values: Int16Array) => this.#sample(values)));
        this.#client?.refresh(); // a plan may wait for what was found
        this.#sum();
      },
      onFailed: (error) => {
        this.#check = undefined;
        this.#format = undefined; // the task's next message tries again
        log.line(`windows in flash not used: ${reasonOf(error)}`);
      },
    });
  }

  /** What belongs to the task before. */
  #forget(): void {
    this.#check?.cancel();
    this.#sums?.cancel();
    this.#sums = undefined;
    this.#summed = 0;
    this.#cutter = undefined;
    this.#predictor?.stop();
    this.#predictor = undefined;
  }

  #sample(values: Int16Array): void {
    const format = this.#format;
    const client = this.#client;
    if (format === undefined || client?.isIdle !== true) return;
    this.#cutter ??= new WindowCutter(format.steps, format.channels, format.stride);
    const window = this.#cutter.push(values);
    if (window === undefined) return;
    const before = this.#examples.count;
    if (this.#examples.windows?.record(window, false) === true) {
      this.#sum();
      if (before === 0 && this.#examples.count > 0) client.refresh();
    }
    if (!client.isIdle) return; // the last window was the one that a plan waited for
    this.#predictor ??= new Predictor(this.#ports, this.#examples, this.#sliceMacs);
    this.#predictor.look(window, client.lastModel, this.#link);
  }

  /** Sends the sums when the windows are enough, and again when there are many more, until nobody needs them. */
  #sum(): void {
    const { clock, log, identity } = this.#ports;
    const { windows, count } = this.#examples;
    const format = this.#format;
    if (this.#hasNormals || windows === undefined || format === undefined || this.#sums !== undefined) return;
    if (count === 0 || count < GROWTH * this.#summed) return;
    this.#summed = count;
    const work = MomentSums.over(windows, format.channels);
    this.#sums = new Slices(clock, work, SUM_VALUES, {
      onDone: (channels) => {
        this.#sums = undefined;
        this.#link?.send(this.#topicOf('moments'), encodeMoments({ device: identity.device, channels }), 1);
        this.#sum();
      },
      onFailed: (error) => {
        this.#sums = undefined;
        log.line(`sums of the windows: ${reasonOf(error)}`);
      },
    });
  }

  #topicOf(kind: 'label' | 'moments'): string {
    return deviceTopic(kind, this.#ports.task, this.#ports.identity.device);
  }
}

function isSame(a: WindowFormat | undefined, b: WindowFormat): boolean {
  return (
    a !== undefined &&
    a.steps === b.steps &&
    a.channels === b.channels &&
    a.stride === b.stride &&
    a.hertz === b.hertz &&
    a.classes === b.classes &&
    a.least === b.least
  );
}
