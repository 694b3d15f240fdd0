/**
 * What looks over the shoulders of a room's boards, the same for every command that has one: traces, capsules
 * and twins.
 * @module
 */
import type { Examples } from '../../firmware/ports/ports.js';
import { deviceName, type RoomOptions as EmulatorRoom } from '../emulator/room.js';
import { traceInto } from '../emulator/trace.js';
import type { BrokerAddress } from '../emulator/transport.js';
import { writeCapsule } from '../replay/capsule.js';
import { observe } from '../replay/observer.js';
import { type Recorded, Recorder, storeFor } from '../replay/recorder.js';
import { Twin } from '../replay/twin.js';

export interface WitnessOptions {
  readonly trace?: string;
  readonly capsules?: string;
  readonly twin?: string;
  readonly shard?: number;
}

export interface Witnessed {
  readonly broker: BrokerAddress;
  readonly task: string;
  readonly examples: ReadonlyMap<string, Examples>; // from examplesByDevice
  readonly log: (line: string) => void;
  /** The twin's device is a board elsewhere: what it sends up is heard at the broker. */
  readonly isElsewhere?: boolean;
  /** There is no more to be learned: an alarm, or a broker that keeps updates to itself. */
  readonly onFailed?: () => void;
}

export interface Witness {
  readonly onPublish: EmulatorRoom['onPublish'];
  close(): void;
}

/**
 * Which device has which examples.
 * @throws RangeError when the twin's device has none here
 */
export function examplesByDevice(
  { twin, shard }: WitnessOptions,
  shards: readonly Examples[],
  isElsewhere = false,
): ReadonlyMap<string, Examples> {
  const examples = new Map(shards.map((own, index) => [deviceName(index), own]));
  if (shard !== undefined && shard > shards.length) {
    throw new RangeError(`shard ${shard}, expected 1 to ${shards.length}`);
  }
  if (twin !== undefined && shard !== undefined) examples.set(twin, shards[shard - 1]);
  if (isElsewhere && twin === undefined) {
    throw new RangeError('twin none, expected --twin with the name of the board that runs elsewhere');
  }
  if (twin !== undefined && !examples.has(twin)) {
    if (shards.length === 0) throw new RangeError(`twin ${twin}, expected its part of the data here`);
    const names = `${deviceName(0)} to ${deviceName(shards.length - 1)}`;
    throw new RangeError(`twin ${twin}, expected ${names}, or --shard with its part of the data`);
  }
  return examples;
}

/** A twin that made another update sets the process's exit code to 1. */
export function witness({ trace, capsules, twin }: WitnessOptions, room: Witnessed): Witness {
  const { broker, task, examples, log, isElsewhere = false, onFailed = () => {} } = room;
  const traced = trace === undefined ? undefined : traceInto(trace);
  if (capsules === undefined && twin === undefined) {
    return { onPublish: traced, close() {} };
  }
  const fail = () => {
    process.exitCode = 1;
    onFailed();
  };
  const shadow = new Twin(log, fail);
  const recorder = new Recorder(
    (device) => (capsules === undefined && device !== twin ? undefined : examples.get(device)),
    (recorded: Recorded) => {
      if (capsules !== undefined) {
        storeFor(capsules, recorded);
        writeCapsule(capsules, recorded.capsule);
      }
      if (recorded.capsule.device === twin) shadow.compare(recorded);
    },
  );
  const hear = (topic: string, payload: Uint8Array) => recorder.hear(topic, payload);
  const observer = observe({
    broker,
    task,
    device: isElsewhere ? twin : undefined,
    ...{ hear, log },
    onListening() {
      if (isElsewhere) log(`twin of ${twin}: listens at ${broker.host}:${broker.port}`);
    },
    onRefused(topic) {
      log(`broker keeps ${topic} to itself, expected one that was started with --twins`);
      fail();
    },
  });
  return {
    onPublish(device, topic, payload) {
      traced?.(device, topic, payload);
      hear(topic, payload);
    },
    close() {
      observer.close();
      if (twin !== undefined) log(summaryOf(twin, shadow));
    },
  };
}

function summaryOf(device: string, { compared, alarm }: Twin): string {
  if (alarm !== undefined) return `ALARM: first difference: ${alarm}`;
  return `twin of ${device}: ${compared === 0 ? 'no update heard' : `${compared} updates, all the same`}`;
}
