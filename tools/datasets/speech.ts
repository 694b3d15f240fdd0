/**
 * Google Speech Commands to log-mel int8 features: 12 classes (ten words, unknown, silence), speakers
 * as clients. The training part is what no list names; the held-out part is the testing list, or the
 * validation list for tuning: then no test clip is read.
 *
 * As in TensorFlow's example for this set, unknown (other words) and silence (cuts of the background noise, at a volume
 * between 0 and as recorded) are each a tenth as many as the clips of the ten words. Training cuts
 * come from the first 80 % of each noise file, held-out ones from the rest. Silence has no speaker
 * and is dealt to speakers at random.
 * Source: Warden 2018, "Speech Commands", arXiv 1804.03209.
 * @module
 */
import { join } from 'node:path';
import { Random } from '../../shared/fixed/random.js';
import { CLASS_NAMES, type Clip, listClips, NOISE_FOLDER, SILENCE, UNKNOWN } from './clips.js';
import { namesIn, readFrom } from './file.js';
import { holdOutClients } from './holdout.js';
import { exampleSet, type Loaded } from './loaded.js';
import { BANDS, CLIP_SAMPLES, FRAMES, LogMel, SAMPLE_RATE } from './mel.js';
import { eachSpeaker, mergeSpeakers } from './speakers.js';
import { STANDARD_EXP, type Standard, standardise, standardOf } from './standard.js';
import { parseWav } from './wav.js';

export interface SpeechOptions {
  /** The list held out, where there are lists; `test` when left out. */
  readonly heldOut?: 'test' | 'validation';
  readonly testShare?: number; // of the clips held out, where there are no lists; 0.2 when left out
  readonly seed?: number; // 1 when left out
  /** The standardisation of an earlier training set in place of this one's. */
  readonly standard?: Standard;
}

/** A clip, or a cut of one. */
interface Cut {
  readonly file: string;
  readonly label: number;
  readonly speaker: string;
  readonly start: number; // sample
  readonly volume: number; // 0 to 1
}

const SHARE_OF_EXTRAS = 0.1; // unknown and silence, each, of the clips of the ten words
const NOISE_PARTS = 5; // of each noise file; the last is for the held-out part
const FEATURES = BANDS * FRAMES;

/** @throws RangeError in one line: the file that is missing or wrong, where and how */
export function loadSpeech(folder: string, options: SpeechOptions = {}): Loaded {
  const { heldOut = 'test', seed = 1 } = options;
  const clips = listClips(folder);
  const random = new Random(seed);
  const [trainCuts, testCuts] = clips.some(({ part }) => part !== undefined)
    ? ([['train'], [heldOut]] as const).map(([part]) => {
        const own = clips.filter((clip) => clip.part === part);
        return withExtras(
          folder,
          own,
          part === 'train' ? [0, NOISE_PARTS - 1] : [NOISE_PARTS - 1, NOISE_PARTS],
          random,
        );
      })
    : divide(clips, options, random);
  if (trainCuts.length === 0) throw new RangeError(`${folder}: 0 clips to train on, expected 1 or more`);
  if (testCuts.length === 0) throw new RangeError(`${folder}: 0 clips held out, expected 1 or more`);
  const reader = new ClipReader(folder);
  const [train, test] = [reader.features(trainCuts), reader.features(testCuts)];
  const standard = options.standard ?? standardOf(train, FEATURES, BANDS);
  const make = (name: string, cuts: readonly Cut[], values: Float32Array, clients: Uint16Array) =>
    exampleSet(name, {
      shape: [BANDS, FRAMES],
      signed: true,
      inputExp: STANDARD_EXP,
      classes: CLASS_NAMES.length,
      features: standardise(values, FEATURES, standard),
      labels: Uint8Array.from(cuts, ({ label }) => label),
      clients,
    });
  const speakersOf = (cuts: readonly Cut[]) => cuts.map(({ speaker }) => speaker);
  return {
    train: make('train', trainCuts, train, mergeSpeakers(speakersOf(trainCuts), seed)),
    test: make('test', testCuts, test, eachSpeaker(speakersOf(testCuts))),
    classNames: CLASS_NAMES,
    standard,
  };
}

/** The official test set: its clips as they are, some speakers held out. */
function divide(
  clips: readonly Clip[],
  { testShare = 0.2, seed = 1 }: SpeechOptions,
  random: Random,
): Cut[][] {
  const cuts = withSpeakers(clips, random);
  if (!(testShare > 0 && testShare < 1)) {
    throw new RangeError(`test share ${testShare}, expected above 0 and below 1`);
  }
  const names = cuts.map(({ speaker }) => speaker);
  const held = holdOutClients(names, testShare, seed);
  return [false, true].map((test) => cuts.filter((_, i) => held[i] === test));
}

/** Every clip of the ten words, and a tenth as many of unknown and of silence. */
function withExtras(
  folder: string,
  clips: readonly Clip[],
  [from, to]: readonly [number, number], // parts of the noise files
  random: Random,
): Cut[] {
  const known = clips.filter(({ label }) => label > UNKNOWN);
  const others = clips.filter(({ label }) => label === UNKNOWN);
  const extras = Math.ceil(SHARE_OF_EXTRAS * known.length);
  const cuts = withSpeakers([...known, ...sample(others, extras, random)], random);
  const noise = noiseOf(folder);
  const silence = Array.from({ length: known.length === 0 ? 0 : extras }, () => {
    const { file, samples } = noise[random.below(noise.length)];
    const [first, end] = [from, to].map((part) => Math.floor((part * samples) / NOISE_PARTS));
    const { speaker } = cuts[random.below(cuts.length)];
    const start = first + random.below(end - first - CLIP_SAMPLES + 1);
    return { file, label: SILENCE, speaker, start, volume: random.next() / 2 ** 32 };
  });
  return [...cuts, ...silence];
}

/** Silence gets the speaker of a random clip. */
function withSpeakers(clips: readonly Clip[], random: Random): Cut[] {
  const speakers = clips.flatMap(({ speaker }) => speaker ?? []);
  return clips.map(({ file, label, speaker = speakers[random.below(speakers.length)] }) => ({
    file,
    label,
    speaker,
    start: 0,
    volume: 1,
  }));
}

function noiseOf(folder: string): { file: string; samples: number }[] {
  const names = namesIn(join(folder, NOISE_FOLDER)).filter((name) => name.endsWith('.wav'));
  if (names.length === 0)
    throw new RangeError(`${join(folder, NOISE_FOLDER)}: no wav file, expected 1 or more`);
  return names.map((name) => {
    const file = `${NOISE_FOLDER}/${name}`;
    const path = join(folder, file);
    const samples = readFrom(path, (bytes) => parseWav(bytes, SAMPLE_RATE)).samples.length;
    const least = CLIP_SAMPLES * NOISE_PARTS;
    if (samples < least) throw new RangeError(`${path}: ${samples} samples, expected ${least} or more`);
    return { file, samples };
  });
}

/** Some of the things, at random, in their order. */
function sample<T>(things: readonly T[], count: number, random: Random): T[] {
  let wanted = Math.min(count, things.length);
  return things.filter((_, i) => {
    if (random.below(things.length - i) >= wanted) return false;
    wanted--;
    return true;
  });
}

/** Reads clips to features. A noise file, cut many times, is read once. */
class ClipReader {
  readonly #folder: string;
  readonly #mel = new LogMel();
  readonly #noise = new Map<string, Int16Array>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns [cuts × BANDS × FRAMES], before standardisation */
  features(cuts: readonly Cut[]): Float32Array {
    const out = new Float32Array(cuts.length * FEATURES);
    const clip = new Float64Array(CLIP_SAMPLES);
    cuts.forEach(({ file, start, volume }, i) => {
      const samples = this.#samples(file).subarray(start, start + CLIP_SAMPLES);
      clip.fill(0); // shorter clips end in silence
      samples.forEach((value, k) => {
        clip[k] = (value / 32768) * volume;
      });
      this.#mel.read(clip, out.subarray(i * FEATURES, (i + 1) * FEATURES));
    });
    return out;
  }

  #samples(file: string): Int16Array {
    const known = this.#noise.get(file);
    if (known !== undefined) return known;
    const { samples } = readFrom(join(this.#folder, file), (bytes) => parseWav(bytes, SAMPLE_RATE));
    if (file.startsWith(NOISE_FOLDER)) this.#noise.set(file, samples);
    return samples;
  }
}
