/**
 * The microphone of a board whose SDK target has one, and whose part of the manifest includes the SDK's audio input.
 * @module
 */
import Modules from 'modules';
import { reasonOf } from '../../../federation/guard.js';
import { LogMel } from '../../../sound/logmel.js';
import { BANDS, FRAME, SAMPLE_RATE } from '../../../sound/table.js';
import type { Clock, Log, Sensor } from '../../ports.js';
import { type AudioInput, Microphone } from '../microphone.js';

interface AudioOptions {
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly onReadable: (bytes: number) => void;
}

const AUDIO = 'embedded:io/audio/in';

/** Half of what a frame lasts. With kernels in byte code it would take hundreds. */
const MOST_MS = 20;

/** @returns undefined where there is none, or where it cannot be had: a line says why then */
export function openMicrophone(clock: Clock, log: Log): Sensor | undefined {
  if (!Modules.has(AUDIO)) return undefined;
  try {
    const takesMs = frameMs(clock);
    if (takesMs > MOST_MS) {
      log.line(`no microphone: ${takesMs} ms for 40 ms of sound, expected ${MOST_MS}: kernels in C`);
      return undefined;
    }
    const AudioIn = Modules.importNow(AUDIO) as new (options: AudioOptions) => AudioInput;
    return new Microphone({
      log,
      open: (onReadable) =>
        new AudioIn({ sampleRate: SAMPLE_RATE, channels: 1, bitsPerSample: 16, onReadable }),
    });
  } catch (error) {
    log.line(`no microphone: ${reasonOf(error)}`);
    return undefined;
  }
}

/** What the features of a frame cost here. */
function frameMs(clock: Clock): number {
  const startMs = clock.nowMs();
  new LogMel().read(new Int16Array(FRAME), new Int16Array(BANDS));
  return clock.nowMs() - startMs;
}
