/**
 * A module that runs on Node and on XS: features of made-up sounds, and of the same sounds through the port of a
 * microphone. Both engines must give the same numbers.
 * @module
 */
import {
  type AudioInput,
  type AudioOptions,
  Microphone,
} from '../../../firmware/ports/moddable/microphone.js';
import { LogMel } from '../../../firmware/sound/logmel.js';
import { mix, Random } from '../../../shared/fixed/random.js';
import { Sound } from '../../../tools/emulator/sound.js';

const SEED = 7;
const FRAMES = 12;
const BLOCK_BYTES = 1024;

/** Of all features of some frames of each sound. */
export function hashOfSounds(): number {
  const sound = new Sound(new Random(SEED));
  let hash = 1;
  for (let label = 0; label < sound.scenes; label++) {
    sound.begin(label);
    for (let frame = 0; frame < FRAMES; frame++) {
      for (const value of sound.sample()) hash = mix(hash, value);
    }
  }
  return hash;
}

/** The same through a microphone whose input has 32 ms more at each call. */
export function hashOfHeard(): number {
  const sound = new Sound(new Random(SEED));
  const bytes: number[] = [];
  let waiting = 0;
  let onReadable: (count: number) => void = () => {};
  let hash = 1;
  class Input implements AudioInput {
    constructor(options: AudioOptions) {
      onReadable = options.onReadable;
    }
    start(): void {}
    read(into: Uint8Array): void {
      waiting -= into.length;
      into.set(bytes.splice(0, into.length));
    }
    close(): void {}
  }
  const microphone = new Microphone(Input, new LogMel(), { line() {} });
  microphone.start((values) => {
    for (const value of values) hash = mix(hash, value);
  });
  for (let label = 0; label < sound.scenes; label++) {
    sound.begin(label);
    for (let frame = 0; frame < FRAMES; frame++) {
      sound.sample();
      bytes.push(...new Uint8Array(sound.wave.buffer));
    }
    while (bytes.length > 0) {
      waiting += BLOCK_BYTES;
      onReadable(waiting);
    }
  }
  return hash;
}
