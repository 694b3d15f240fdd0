/**
 * What a board keeps beside its model, through many lives that end in power cuts: setup, ring of windows, the
 * boot loader's choice. Platform-free: Node and XS must end with the same bytes in flash.
 * @module
 */
import { WindowExamples } from '../../../firmware/data/windows.js';
import { regionOf } from '../../../firmware/flash/region.js';
import { FlashSetup } from '../../../firmware/flash/setup.js';
import { BootChoice } from '../../../firmware/update/bootchoice.js';
import { type Trial, TrialLog } from '../../../firmware/update/trial.js';
import { Random } from '../../../shared/fixed/random.js';
import { finish } from '../../../shared/masks/work.js';
import { crc32Update } from '../../../shared/protocol/crc32.js';
import { NorChip, PowerLoss, SECTOR_BYTES, TEARS } from '../../../tools/emulator/chip.js';

const PAIR = 2 * SECTOR_BYTES;
const SHAPE = { steps: 40, channels: 3, classes: 4 };
const NORMALS = [0, 1, 2].map((offset) => ({ offset, mantissa: 3, shift: 9 }));

function windowsOf(chip: NorChip): WindowExamples {
  const windows = new WindowExamples(regionOf(chip, 3 * PAIR, 2 * PAIR), SHAPE, NORMALS);
  finish(windows.check());
  return windows;
}

/** One life: says something new in each place. @throws PowerLoss */
function live(chip: NorChip, life: number): void {
  const setup = new FlashSetup(regionOf(chip, 0, PAIR));
  setup.save({ ...setup.load(), ssid: `Bäckerei ${life}`, task: 'digits' });
  const trials = new TrialLog(regionOf(chip, PAIR, PAIR));
  const trial: Trial = { state: 'trial', slot: life % 2 === 0 ? 0 : 1, boots: life % 4, version: life };
  trials.save(trial);
  new BootChoice(regionOf(chip, 2 * PAIR, PAIR)).select(trial.slot);
  const windows = windowsOf(chip);
  windows.label = life % 4;
  windows.record(
    Int16Array.from({ length: 120 }, (_, i) => (life * 7919 + i * 31) % 30_000),
    false,
  );
}

/** Whether everything can be read, and belongs to a life that was. */
function isSound(chip: NorChip, lives: number): boolean {
  const { ssid = 'Bäckerei 0' } = new FlashSetup(regionOf(chip, 0, PAIR)).load();
  const version = new TrialLog(regionOf(chip, PAIR, PAIR)).load()?.version ?? 0;
  const windows = windowsOf(chip);
  const out = new Uint8Array(120);
  const labels = Array.from({ length: windows.count }, (_, i) => windows.read(i, out));
  const kept = Number(ssid.slice('Bäckerei '.length));
  return kept <= lives && version <= kept && labels.every((label) => label < 4);
}

/** @returns lives, sound ones among them, and the CRC-32 of the chip at the end */
export function run(lives: number): string {
  const chip = new NorChip(5 * PAIR);
  const random = new Random(lives);
  let sound = 0;
  for (let life = 1; life <= lives; life++) {
    chip.cutAfter({ steps: random.below(500), tear: TEARS[life % TEARS.length], random });
    try {
      live(chip, life);
    } catch (error) {
      if (!(error instanceof PowerLoss)) throw error;
    }
    chip.powerOn();
    if (isSound(chip, life)) sound += 1;
  }
  const bytes = new Uint8Array(chip.bytes);
  chip.read(0, bytes);
  return `${lives} ${sound} ${crc32Update(0, bytes)}`;
}
