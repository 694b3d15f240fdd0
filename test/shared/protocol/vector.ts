/**
 * A golden vector, and both directions of its codec. Runs on Node and on XS.
 * @module
 */
import type { LayerDelta } from '../../../shared/model/delta.js';
import type { ModelDescription } from '../../../shared/model/description.js';
import { layoutOf } from '../../../shared/model/layout.js';
import type { LayerExponents, Model } from '../../../shared/model/model.js';
import { type Deal, decodeDeal, encodeDeal } from '../../../shared/protocol/deal.js';
import { decodeDeltaHead, encodeDelta, type NamedModel } from '../../../shared/protocol/delta.js';
import { decodeEnrol, type Enrol, encodeEnrol } from '../../../shared/protocol/enrol.js';
import { decodeFirmware, encodeFirmware, type Firmware } from '../../../shared/protocol/firmware.js';
import {
  decodeImageOpening,
  encodeImagePart,
  IMAGE_OPENING_BYTES,
  type ImagePart,
} from '../../../shared/protocol/image.js';
import { decodeLabel, encodeLabel, type Label } from '../../../shared/protocol/label.js';
import { decodeMetrics, encodeMetrics, type Metrics } from '../../../shared/protocol/metrics.js';
import { decodeModel, encodeModel } from '../../../shared/protocol/model.js';
import { decodeMoments, encodeMoments, type MomentsReport } from '../../../shared/protocol/moments.js';
import { decodePlan, encodePlan, type Plan } from '../../../shared/protocol/plan.js';
import { decodePrediction, encodePrediction, type Prediction } from '../../../shared/protocol/prediction.js';
import {
  decodeShard,
  encodeShard,
  encodeShardRefusal,
  type ShardHead,
} from '../../../shared/protocol/shard.js';
import { decodeStatus, encodeStatus, type Status } from '../../../shared/protocol/status.js';
import { decodeUpdate, encodeUpdate, type Update } from '../../../shared/protocol/update.js';
import { decodeVerdict, encodeVerdict, type Verdict } from '../../../shared/protocol/verdict.js';
import { decodeWindows, encodeWindows, type Windows } from '../../../shared/protocol/windows.js';
import { applied } from './applied.js';
import { plain } from './plain.js';

interface ModelVector {
  readonly description: ModelDescription;
  readonly exponents: readonly LayerExponents[];
  readonly parameters: readonly [number[], number[]][];
}

interface DeltaVector extends ModelVector {
  readonly next: ModelVector['parameters'];
  readonly baseHash: string;
  readonly nextHash: string;
}

interface FirmwareVector extends Omit<Firmware, 'digest' | 'signature'> {
  readonly digest: number[];
  readonly signature: number[];
}

interface ImageVector extends ImagePart {
  readonly payload: number[];
}

interface ShardVector extends ShardHead {
  readonly fld: number[];
}

interface UpdateVector extends Omit<Update, 'layers'> {
  readonly description: ModelDescription;
  readonly references: readonly number[][];
  readonly layers: readonly {
    readonly positions: number[] | 'all';
    readonly values: number[];
    readonly shift: number;
    readonly biases: number[];
    readonly biasShift: number;
  }[];
}

export type Vector = { readonly name: string; readonly hex: string } & (
  | { readonly kind: 'plan'; readonly value: Plan }
  | { readonly kind: 'status'; readonly value: Status }
  | { readonly kind: 'verdict'; readonly value: Verdict }
  | { readonly kind: 'metrics'; readonly value: Metrics }
  | { readonly kind: 'firmware'; readonly value: FirmwareVector }
  | { readonly kind: 'image'; readonly value: ImageVector }
  | { readonly kind: 'deal'; readonly value: Deal }
  | { readonly kind: 'enrol'; readonly value: Enrol }
  | { readonly kind: 'shard'; readonly value: ShardVector }
  | { readonly kind: 'windows'; readonly value: Windows }
  | { readonly kind: 'moments'; readonly value: MomentsReport }
  | { readonly kind: 'label'; readonly value: Label }
  | { readonly kind: 'prediction'; readonly value: Prediction }
  | { readonly kind: 'model'; readonly value: ModelVector }
  | { readonly kind: 'delta'; readonly value: DeltaVector }
  | { readonly kind: 'update'; readonly value: UpdateVector }
);

/** The frame of the value. */
export function encoded(vector: Vector): Uint8Array {
  const { kind, value } = vector;
  if (kind === 'plan') return encodePlan(value);
  if (kind === 'status') return encodeStatus(value);
  if (kind === 'verdict') return encodeVerdict(value);
  if (kind === 'metrics') return encodeMetrics(value);
  if (kind === 'firmware') {
    const { digest, signature } = value;
    return encodeFirmware({
      ...value,
      digest: Uint8Array.from(digest),
      signature: Uint8Array.from(signature),
    });
  }
  if (kind === 'image') return encodeImagePart(value, Uint8Array.from(value.payload));
  if (kind === 'deal') return encodeDeal(value);
  if (kind === 'enrol') return encodeEnrol(value);
  if (kind === 'shard') return shardFrame(value);
  if (kind === 'windows') return encodeWindows(value);
  if (kind === 'moments') return encodeMoments(value);
  if (kind === 'label') return encodeLabel(value);
  if (kind === 'prediction') return encodePrediction(value);
  if (kind === 'model') return encodeModel(modelOf(value));
  if (kind === 'delta') return encodeDelta(...namedModels(value))!;
  return encodeUpdate(updateOf(value), layoutOf(value.description), (i) =>
    Uint32Array.from(value.references[i]),
  );
}

/** What is in the frame, in the form of the vector's value. */
export function decoded(vector: Vector, bytes: Uint8Array): unknown {
  const { kind, value } = vector;
  if (kind === 'plan') return decodePlan(bytes);
  if (kind === 'status') return decodeStatus(bytes);
  if (kind === 'verdict') return decodeVerdict(bytes);
  if (kind === 'metrics') return decodeMetrics(bytes);
  if (kind === 'firmware') {
    const firmware = decodeFirmware(bytes);
    return { ...firmware, digest: [...firmware.digest], signature: [...firmware.signature] };
  }
  if (kind === 'image') {
    const { version, part } = decodeImageOpening(new Uint8Array(bytes.subarray(0, IMAGE_OPENING_BYTES)));
    return { version, part, payload: [...bytes.subarray(IMAGE_OPENING_BYTES)] };
  }
  if (kind === 'deal') return decodeDeal(bytes);
  if (kind === 'enrol') return decodeEnrol(bytes);
  if (kind === 'shard') {
    const { fld, ...head } = decodeShard(bytes, value.device);
    return { ...head, fld: [...fld] };
  }
  if (kind === 'windows') return decodeWindows(bytes);
  if (kind === 'moments') return decodeMoments(bytes, value.device);
  if (kind === 'label') return decodeLabel(bytes, value.device);
  if (kind === 'prediction') return decodePrediction(bytes);
  if (kind === 'model') return parametersOf(decodeModel(bytes));
  if (kind === 'delta') return deltaOf(value, bytes);
  const { description, references, device } = value;
  const reference = (i: number) => Uint32Array.from(references[i]);
  const update = decodeUpdate(bytes, device, layoutOf(description), reference);
  return plain({ ...update, description, references });
}

function shardFrame(value: ShardVector): Uint8Array {
  const { outcome, bytes, fld } = value;
  return outcome === 'dealt'
    ? encodeShard(value, Uint8Array.from(fld))
    : encodeShardRefusal(value, outcome, bytes);
}

function modelOf({ description, exponents, parameters }: ModelVector): Model {
  const layout = layoutOf(description);
  const buffer = new ArrayBuffer(layout.parameterBytes);
  for (const [i, { weights, biases }] of layout.layers.entries()) {
    new Int16Array(buffer, weights.offset, weights.length).set(parameters[i][0]);
    new Int32Array(buffer, biases.offset, biases.length).set(parameters[i][1]);
  }
  return { head: { description, layout, exponents }, parameters: buffer };
}

function namedModels({ next, baseHash, nextHash, ...base }: DeltaVector): [NamedModel, NamedModel] {
  const frameOf = (parameters: ModelVector['parameters']) => encodeModel(modelOf({ ...base, parameters }));
  return [
    { frame: frameOf(base.parameters), hash: baseHash },
    { frame: frameOf(next), hash: nextHash },
  ];
}

function deltaOf(value: DeltaVector, bytes: Uint8Array): DeltaVector {
  const [base] = namedModels(value);
  const head = decodeDeltaHead(bytes);
  const { parameters: next } = parametersOf(decodeModel(applied(bytes, base.frame).frame));
  return { ...value, next, baseHash: head.base.hash, nextHash: head.next.hash };
}

function parametersOf({ head: { description, layout, exponents }, parameters }: Model): ModelVector {
  return {
    description,
    exponents,
    parameters: layout.layers.map(({ weights, biases }) => [
      [...new Int16Array(parameters, weights.offset, weights.length)],
      [...new Int32Array(parameters, biases.offset, biases.length)],
    ]),
  };
}

function updateOf({ layers, ...head }: UpdateVector): Update {
  return {
    ...head,
    layers: layers.map(
      (layer): LayerDelta => ({
        ...layer,
        positions: layer.positions === 'all' ? 'all' : Uint32Array.from(layer.positions),
        values: Int16Array.from(layer.values),
        biases: Int16Array.from(layer.biases),
      }),
    ),
  };
}
