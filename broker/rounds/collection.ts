/**
 * The round in hand: judges the update frames of its cohort and adds the accepted ones up. It
 * meets disk and network nowhere, so the same frames in any order give the same model.
 * @module
 */
import type { Model } from '../../shared/model/model.js';
import { denseMacsPerExample } from '../../shared/model/training.js';
import { ProtocolError } from '../../shared/protocol/error.js';
import { type CopyBytes, frameCrc } from '../../shared/protocol/frame.js';
import { decodePlan } from '../../shared/protocol/plan.js';
import {
  type OpenUpdate,
  openUpdate,
  type Reference,
  readUpdate,
  type Update,
} from '../../shared/protocol/update.js';
import type { VerdictKind } from '../../shared/protocol/verdict.js';
import { Aggregation } from '../aggregation/aggregation.js';
import { decodeState, encodeState, nextModel } from '../aggregation/optimizer.js';
import { crc32Fast } from './crc32.js';
import type { RoundSummary } from './event.js';
import type { OpenRound, SavedUpdate, Score } from './ports.js';
import { referenceOf } from './reference.js';
import { Round } from './round.js';
import { Tally } from './tally.js';
import { Workspace } from './workspace.js';

/** What an update is told, and which one is meant; 0 where it could not be read. */
export interface Judgement {
  readonly update: number; // CRC-32 of its frame
  readonly round: number;
  readonly attempt: number;
  readonly kind: VerdictKind;
}

interface RoundCost extends Pick<RoundSummary, 'bytesDown' | 'ms'> {
  readonly score: Score | undefined; // of the new model
}

export class Collection {
  readonly terms: OpenRound;
  readonly round: Round;
  readonly #tally = new Tally();
  readonly #base: Model;
  readonly #aggregation: Aggregation;
  readonly #reference: Reference;
  readonly #workspace = new Workspace();

  /** @param base the model that the plan names */
  constructor(terms: OpenRound, base: Model) {
    const plan = decodePlan(terms.planFrame);
    this.terms = terms;
    this.round = new Round({ plan, goal: terms.goal, minimum: terms.minimum });
    this.#base = base;
    this.#aggregation = new Aggregation(base, plan.method);
    this.#reference = referenceOf(base, plan);
  }

  /** Judges a frame that came from `device`; one that is accepted is counted and added. */
  judge(device: string, frame: Uint8Array): Judgement {
    return judgementOf(
      frame,
      (open) => {
        const kind = this.round.judge(device, open.head);
        if (kind !== 'accepted') return kind; // cheap: the layers were not read
        const update = this.#read(device, open);
        if (!this.round.fits(update) || !this.#isMasked(update)) return 'wrong counts';
        this.#add(update, frame.length);
        return 'accepted';
      },
      this.#workspace.copy,
    );
  }

  /** Adds an update that an earlier process accepted. */
  restore({ device, frame }: SavedUpdate): void {
    this.#add(this.#read(device, openUpdate(frame, crc32Fast, this.#workspace.copy)), frame.length);
  }

  /**
   * The next model and the optimizer's state after it. At least one update was accepted.
   * @param saved state after the round before
   */
  result(saved: Uint8Array | undefined): { readonly model: Model; readonly state: Uint8Array } {
    const { optimizer } = this.round.plan.method;
    const before = decodeState(saved, optimizer.kind, this.#base.head.layout);
    const { model, state } = nextModel(this.#aggregation, this.#base, optimizer, before);
    return { model, state: encodeState(state) };
  }

  /** The round in figures. @param cost what only the coordinator knows */
  summary({ score, bytesDown, ms }: RoundCost): RoundSummary {
    const { terms, round } = this;
    const tally = this.#tally;
    return {
      round: terms.round,
      attempt: terms.attempt,
      reported: round.reported,
      cohort: terms.cohort,
      loss: tally.loss,
      accuracy: score && score.correct / score.count,
      testLoss: score?.loss,
      heldBackAccuracy: tally.heldBackAccuracy,
      bytesUp: tally.bytes,
      bytesDown,
      macsPerExample: tally.macsPerExample,
      denseMacsPerExample: denseMacsPerExample(this.#base.head.layout),
      ms,
    };
  }

  /** Where the round has a mask, every update must have its very places. */
  #isMasked({ layers }: Update): boolean {
    if (this.round.plan.method.uplink !== 'mask') return true;
    return layers.every(({ positions }, i) => positions === 'all' || positions === this.#reference(i));
  }

  #read(device: string, open: OpenUpdate): Update {
    return readUpdate(open, device, this.#base.head.layout, this.#reference, this.#workspace.words);
  }

  #add(update: Update, frameBytes: number): void {
    this.round.count(update.device);
    this.#aggregation.add(update);
    this.#tally.add(update, frameBytes, this.round.plan.method.epochs);
  }
}

/** Reads the head of an update and lets `judge` decide; bytes that cannot be read are 'malformed'. */
export function judgementOf(
  frame: Uint8Array,
  judge: (open: OpenUpdate) => VerdictKind,
  copy?: CopyBytes,
): Judgement {
  let name = { update: 0, round: 0, attempt: 0 };
  try {
    const open = openUpdate(frame, crc32Fast, copy);
    const { round, attempt } = open.head;
    name = { update: frameCrc(frame), round, attempt };
    return { ...name, kind: judge(open) };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { ...name, kind: 'malformed' };
  }
}
