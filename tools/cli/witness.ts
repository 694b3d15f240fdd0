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
}

export interface Witnessed {
  readonly broker: BrokerAddress;
  readonly task: string;
  readonly shards: readonly Examples[];
  readonly log: (line: string) => void;
  /** The twin's device is a board elsewhere: what it sends up is heard at the broker. */
  readonly isElsewhere?: boolean;
}

export interface Witness {
  readonly onPublish: EmulatorRoom['onPublish'];
  close(): void;
}

/** @throws RangeError when the twin's device has no examples here */
export function witness({ trace, capsules, twin }: WitnessOptions, room: Witnessed): Witness {
  const { broker, task, shards, log, isElsewhere } = room;
  const traced = trace === undefined ? undefined : traceInto(trace);
  const examples = new Map(shards.map((shard, index) => [deviceName(index), shard]));
  if (twin !== undefined && !examples.has(twin)) {
    throw new RangeError(`twin ${twin}, expected ${deviceName(0)} to ${deviceName(shards.length - 1)}`);
  }
  if (capsules === undefined && twin === undefined) {
    return { onPublish: traced, close() {} };
  }
  const shadow = new Twin(log);
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
  const observer = observe(broker, task, hear, log, isElsewhere === true ? twin : undefined);
  return {
    onPublish(device, topic, payload) {
      traced?.(device, topic, payload);
      hear(topic, payload);
    },
    close: () => observer.close(),
  };
}
