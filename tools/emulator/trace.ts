/**
 * A board's trace: a line for each update that it sends up, the same on every engine.
 * @module
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTopic } from '../../shared/protocol/topics.js';
import { openUpdate } from '../../shared/protocol/update.js';

/** The line of a published message, without its newline; undefined for what is not traced. */
export function traceLine(topic: string, payload: Uint8Array): string | undefined {
  if (parseTopic(topic)?.kind !== 'update') return undefined;
  const { round, attempt, baseHash, examples, loss, macs } = openUpdate(payload).head;
  const hash = createHash('sha256').update(payload).digest('hex');
  return (
    `round ${round} attempt ${attempt} base ${baseHash} examples ${examples} loss ${loss} macs ${macs} ` +
    `update ${payload.length} B ${hash}`
  );
}

/**
 * Writes each device's lines to `<folder>/<device>.trace`, which begins anew. An update that is sent again
 * over a new connection is one line.
 */
export function traceInto(folder: string): (device: string, topic: string, payload: Uint8Array) => void {
  mkdirSync(folder, { recursive: true });
  const last = new Map<string, string>();
  return (device, topic, payload) => {
    const line = traceLine(topic, payload);
    if (line === undefined || last.get(device) === line) return;
    const path = join(folder, `${device}.trace`);
    if (last.has(device)) appendFileSync(path, `${line}\n`);
    else writeFileSync(path, `${line}\n`);
    last.set(device, line);
  };
}
