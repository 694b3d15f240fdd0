/**
 * The topics: `fl/1/<task>/<kind>` from the server to all, `fl/1/<task>/<kind>/<device>` from or to one
 * device, `fl/1/<task>/firmware/<target>` and `fl/1/<task>/image/<target>/<part>` to all boards of one
 * build. The number is the version of the whole protocol.
 * @module
 */
import { frozen } from '../fixed/frozen.js';
import { isDeviceName, isTaskName } from './device.js';
import { isTargetName } from './firmware.js';

export const TASK_TOPICS = frozen(['plan', 'model', 'delta', 'deal', 'windows'] as const);
export const DEVICE_TOPICS = frozen([
  'update',
  'verdict',
  'status',
  'metrics',
  'enrol',
  'shard',
  'moments',
  'label',
  'prediction',
] as const);
export type TaskTopic = (typeof TASK_TOPICS)[number];
export type DeviceTopic = (typeof DEVICE_TOPICS)[number];

export type Topic =
  | { readonly kind: TaskTopic; readonly task: string }
  | { readonly kind: DeviceTopic; readonly task: string; readonly device: string }
  | { readonly kind: 'firmware'; readonly task: string; readonly target: string }
  | { readonly kind: 'image'; readonly task: string; readonly target: string; readonly part: number };

const ROOT = 'fl/1';
const PART_NUMBER = /^(0|[1-9][0-9]{0,4})$/;

/** @throws RangeError when the task's name is not one */
export function taskTopic(kind: TaskTopic, task: string): string {
  return `${rootOf(task)}/${kind}`;
}

/** @throws RangeError when a name is not one */
export function firmwareTopic(task: string, target: string): string {
  if (!isTargetName(target)) throw new RangeError(`target "${target}", expected 1 to 15 of a-z, 0-9 and -`);
  return `${rootOf(task)}/firmware/${target}`;
}

/** @throws RangeError when a name is not one, or a number not 0 to 99,999 */
export function imageTopic(task: string, target: string, part: number): string {
  if (!isTargetName(target)) throw new RangeError(`target "${target}", expected 1 to 15 of a-z, 0-9 and -`);
  if (!PART_NUMBER.test(String(part))) throw new RangeError(`part ${part}, expected 0 to 99999`);
  return `${rootOf(task)}/image/${target}/${part}`;
}

/** @throws RangeError when a name is not one */
export function deviceTopic(kind: DeviceTopic, task: string, device: string): string {
  if (!isDeviceName(device)) throw new RangeError(`device "${device}", expected 1 to 23 of a-z, 0-9 and -`);
  return `${rootOf(task)}/${kind}/${device}`;
}

/** @returns undefined for everything that the functions above do not make */
export function parseTopic(topic: string): Topic | undefined {
  const [root, version, task, kind, name, part, ...rest] = topic.split('/');
  if (`${root}/${version}` !== ROOT || task === undefined || !isTaskName(task) || rest.length > 0) return;
  if (name === undefined) return isOneOf(TASK_TOPICS, kind) ? { kind, task } : undefined;
  if (part !== undefined) {
    const isPart = kind === 'image' && isTargetName(name) && PART_NUMBER.test(part);
    return isPart ? { kind, task, target: name, part: Number(part) } : undefined;
  }
  if (kind === 'firmware') return isTargetName(name) ? { kind, task, target: name } : undefined;
  return isOneOf(DEVICE_TOPICS, kind) && isDeviceName(name) ? { kind, task, device: name } : undefined;
}

function rootOf(task: string): string {
  if (!isTaskName(task)) throw new RangeError(`task "${task}", expected 1 to 32 of a-z, 0-9 and -`);
  return `${ROOT}/${task}`;
}

function isOneOf<T extends string>(kinds: readonly T[], text: string): text is T {
  return (kinds as readonly string[]).includes(text);
}
