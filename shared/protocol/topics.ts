/**
 * The topics, `fl/1/<task>/<kind>` from the server to all and `fl/1/<task>/<kind>/<device>` from or to
 * one device. The number is the version of the whole protocol.
 * @module
 */
import { isDeviceName, isTaskName } from './device.js';

export const TASK_TOPICS = ['plan', 'model', 'delta'] as const;
export const DEVICE_TOPICS = ['update', 'verdict', 'status', 'metrics'] as const;
export type TaskTopic = (typeof TASK_TOPICS)[number];
export type DeviceTopic = (typeof DEVICE_TOPICS)[number];

export type Topic =
  | { readonly kind: TaskTopic; readonly task: string }
  | { readonly kind: DeviceTopic; readonly task: string; readonly device: string };

const ROOT = 'fl/1';

/** @throws RangeError when the task's name is not one */
export function taskTopic(kind: TaskTopic, task: string): string {
  if (!isTaskName(task)) throw new RangeError(`task "${task}", expected 1 to 32 of a-z, 0-9 and -`);
  return `${ROOT}/${task}/${kind}`;
}

/** @throws RangeError when a name is not one */
export function deviceTopic(kind: DeviceTopic, task: string, device: string): string {
  if (!isTaskName(task)) throw new RangeError(`task "${task}", expected 1 to 32 of a-z, 0-9 and -`);
  if (!isDeviceName(device)) throw new RangeError(`device "${device}", expected 1 to 23 of a-z, 0-9 and -`);
  return `${ROOT}/${task}/${kind}/${device}`;
}

/** @returns undefined for everything that the two functions above do not make */
export function parseTopic(topic: string): Topic | undefined {
  const [root, version, task, kind, device, ...rest] = topic.split('/');
  if (`${root}/${version}` !== ROOT || task === undefined || !isTaskName(task) || rest.length > 0) return;
  if (device === undefined) return isOneOf(TASK_TOPICS, kind) ? { kind, task } : undefined;
  return isOneOf(DEVICE_TOPICS, kind) && isDeviceName(device) ? { kind, task, device } : undefined;
}

function isOneOf<T extends string>(kinds: readonly T[], text: string): text is T {
  return (kinds as readonly string[]).includes(text);
}
