/**
 * The Linux build's board: a folder with `settings.json`, `shard.fld` where it is not dealt one, and, once it
 * has run, `flash`. The
 * process runs in that folder; one build serves any number of boards.
 * @module
 */
import { File } from 'file';
import Timer from 'timer';
import { PackedExamples } from '../../../data/packed.js';
import { guarded } from '../../../federation/guard.js';
import type { Settings } from '../../../federation/settings.js';
import type { Identity, Log } from '../../ports.js';
import type { Host } from '../host.js';
import { engineMemory } from '../memory.js';
import type { BrokerAddress, Network, Search } from '../network.js';
import type { BootedFirmware } from './booted.js';
import { openFirmware } from './firmware.js';
import { FilePartition } from './partition.js';

interface BoardSettings extends Identity, Omit<BrokerAddress, 'name'> {
  readonly task: string;
  readonly settings?: Partial<Settings>;
  readonly firmware?: BootedFirmware;
  readonly console?: readonly string[]; // what a person types when it has started
}

/** As many bytes as the partition table of a 4 MB board gives to the models. */
const FLASH_BYTES = 524_288;
/** The same for its own examples, where they do not come in a file. */
const SHARD_BYTES = 131_072;
const SHARD_FILE = 'shard.fld';

export function openHost(log: Log): Host {
  const { device, board, task, address, port, settings, firmware } = readSettings();
  return {
    identity: { device, board },
    task,
    network: new FixedNetwork({ address, port, name: address }, log),
    partition: new FilePartition('flash', FLASH_BYTES),
    ...(File.exists(SHARD_FILE)
      ? { examples: openExamples(SHARD_FILE) }
      : { shard: new FilePartition('shard', SHARD_BYTES) }),
    settings,
    firmware: firmware && openFirmware(firmware),
    freeBytes: () => 0,
    vitals: () => ({ ...engineMemory(), rssi: 0, reset: 'unknown' }),
  };
}

/** A broker at a known address, and no Wi-Fi to wait for. */
class FixedNetwork implements Network {
  onLost: (reason: string) => void = () => {};
  readonly #broker: BrokerAddress;
  readonly #log: Log;

  constructor(broker: BrokerAddress, log: Log) {
    this.#broker = broker;
    this.#log = log;
  }

  find(onFound: (broker: BrokerAddress) => void): Search {
    const timer = Timer.set(
      guarded(this.#log, 'connect', () => onFound(this.#broker)),
      1,
    );
    return { cancel: () => Timer.clear(timer) };
  }

  worked(): void {}
}

export function readSettings(): BoardSettings {
  const file = new File('settings.json');
  const settings = JSON.parse(file.read(String)) as BoardSettings;
  file.close();
  return settings;
}

function openExamples(path: string): PackedExamples {
  const file = new File(path);
  return new PackedExamples(file.length, (offset, out) => {
    file.position = offset;
    out.set(new Uint8Array(file.read(ArrayBuffer, out.length)));
  });
}
