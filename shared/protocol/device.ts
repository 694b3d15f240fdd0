/**
 * Names of devices and tasks as they stand in topics, and the hash that stands for a device in a frame.
 * @module
 */
const DEVICE_NAME = /^[a-z0-9-]{1,23}$/; // 23: the longest client id that every MQTT 3.1.1 server takes
const TASK_NAME = /^[a-z0-9-]{1,32}$/;

export function isDeviceName(text: string): boolean {
  return DEVICE_NAME.test(text);
}

export function isTaskName(text: string): boolean {
  return TASK_NAME.test(text);
}

/**
 * FNV-1a over the name's characters, 32 bits. In a room of 1,000 devices two share a hash with
 * probability 10^-4; then both are in a cohort or neither, and nothing else: updates are kept by name.
 * @param device ASCII
 * @returns uint32
 */
export function deviceHash(device: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < device.length; i++) hash = Math.imul(hash ^ device.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
