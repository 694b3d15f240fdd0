/**
 * A test stand for one board on the XS engine: it gets a model and one plan after the other, without
 * network, broker or waiting, and tells what it sent and what its memory held.
 * @module
 */
import type { Examples } from '../../firmware/ports/ports.js';
import { encodePlan, type Plan } from '../../shared/protocol/plan.js';
import { parseTopic, taskTopic } from '../../shared/protocol/topics.js';
import type { HostFrame, Part } from '../xs/frame.js';
import { type HeapLimits, type HeapUse, XsHost } from '../xs/host.js';
import { SLOT_BYTES } from './flash.js';
import { FROM_BOARD, TO_BOARD } from './xs/kinds.js';
import { examplesParts, type XsEngineFiles } from './xsboard.js';

export interface Stand {
  readonly engine: XsEngineFiles;
  readonly limits?: HeapLimits;
  readonly tight?: boolean; // see HostOptions
  readonly device: string;
  readonly board: string; // profile name: its budget decides what is refused
  readonly examples: Examples;
  readonly model: Uint8Array; // frame
  readonly plans: readonly Plan[]; // of that model, one after the other
}

export interface StandResult {
  readonly updates: readonly Uint8Array[]; // one per plan that was done
  readonly lines: readonly string[]; // of its log
  readonly memory?: HeapUse; // at the end, where it did not end by itself
  readonly ended?: string; // why it ended by itself
}

const TASK = 'stand';
const PIECE_BYTES = 1436;
/** The board says so when a round cannot be done, or a plan or model was not what it expects. */
const FAILED = /^round \d+ failed|dropped: /;

export async function runStand(stand: Stand): Promise<StandResult> {
  const { engine, limits, tight, device, board, examples, model, plans } = stand;
  const updates: Uint8Array[] = [];
  const lines: string[] = [];
  let ended: string | undefined;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const host: XsHost = new XsHost({
    ...engine,
    limits,
    tight,
    onFrame: receive,
    onEnd(reason) {
      ended = reason;
      finish();
    },
  });
  let connection = 0;
  let planned = 0;
  host.store('examples', examplesParts(examples));
  const { count, features, signed, classes } = examples;
  host.send(TO_BOARD.boot, [
    device,
    board,
    TASK,
    1,
    '',
    SLOT_BYTES,
    count,
    features,
    signed ? 1 : 0,
    classes,
  ]);
  await finished;
  const memory = await host.memory().catch(() => undefined); // it may end even now
  await host.close();
  return { updates, lines, memory, ended };

  function receive(frame: HostFrame): void {
    const tell = (kind: number, ...parts: readonly Part[]) => host.send(kind, [connection, ...parts]);
    const publish = (topic: string, payload: Uint8Array) => {
      tell(TO_BOARD.message, topic, payload.length);
      for (let at = 0; at < payload.length; at += PIECE_BYTES) {
        tell(TO_BOARD.piece, payload.subarray(at, at + PIECE_BYTES));
      }
      tell(TO_BOARD.messageEnd);
    };
    const nextPlan = () => {
      if (planned === plans.length) finish();
      else publish(taskTopic('plan', TASK), encodePlan(plans[planned++]));
    };
    if (frame.kind === FROM_BOARD.open) {
      connection = frame.integer();
      tell(TO_BOARD.connected);
    } else if (frame.kind === FROM_BOARD.subscribe) {
      const kind = parseTopic(frame.text())?.kind;
      if (kind === 'plan') nextPlan();
      else if (kind === 'model') publish(taskTopic('model', TASK), model);
    } else if (frame.kind === FROM_BOARD.publish) {
      frame.integer(); // connection
      tell(TO_BOARD.acknowledged, frame.integer());
      if (parseTopic(frame.text())?.kind !== 'update') return;
      frame.integer(); // QoS
      updates.push(Uint8Array.from(frame.bytes()));
      nextPlan();
    } else if (frame.kind === FROM_BOARD.log) {
      lines.push(frame.text());
      if (FAILED.test(lines[lines.length - 1])) nextPlan();
    }
  }
}
