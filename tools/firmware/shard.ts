/**
 * A board's shard as an `.fld` file, as it is flashed with the firmware.
 * @module
 */
import type { ExampleSet } from '../../shared/data/example-set.js';
import { formatFld } from '../datasets/fld.js';

/** @param places of the board's examples in the set, in the board's order */
export function formatShard(set: ExampleSet, places: Uint32Array): Uint8Array {
  const { featureCount } = set;
  const features = new Uint8Array(places.length * featureCount);
  places.forEach((place, i) => {
    features.set(set.features.subarray(place * featureCount, (place + 1) * featureCount), i * featureCount);
  });
  return formatFld({
    ...set,
    count: places.length,
    features,
    labels: Uint8Array.from(places, (place) => set.labels[place]),
    clients: new Uint16Array(places.length),
    clientCount: 1,
  });
}
