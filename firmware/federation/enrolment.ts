/**
 * Gets a board its part of the server's deal. A board without examples, or with a part of another deal, asks
 * until it has one; the server says whose a part is, and always the same. A shard that a person flashed is the board's
 * own and stays. Nothing happens while a round is at work: its update is made of the examples of its beginning.
 * @module
 */
import { type Deal, decodeDeal } from '../../shared/protocol/deal.js';
import { encodeEnrol } from '../../shared/protocol/enrol.js';
import type { ShardOpening } from '../../shared/protocol/shard.js';
import { OWN_SHARD } from '../../shared/protocol/shardimage.js';
import { deviceTopic, taskTopic } from '../../shared/protocol/topics.js';
import type { ShardExamples } from '../data/shard.js';
import type { Clock, Entropy, Log, MessageSink, Timer } from '../ports/ports.js';
import { Backoff } from './backoff.js';
import type { Companion, SharedLink } from './companion.js';
import { guarded, reasonOf } from './guard.js';
import { collect } from './inbox.js';
import { ShardSink } from './shardsink.js';
import { Slices } from './slices.js';

export interface EnrolmentOptions {
  readonly device: string;
  readonly task: string;
  readonly shard: ShardExamples;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly log: Log;
  /** Without a byte for as long, it asks again. */
  readonly downloadMs: number;
  /** Upper ends of the first and the longest wait beyond that, between two times that it asks. */
  readonly backoffFirstMs: number;
  readonly backoffMaxMs: number;
  /** Whether no round is at work. */
  isIdle(): boolean;
  /** There are other examples now, or none. */
  onChanged(): void;
}

type State =
  /** has what it wants, or nobody deals */
  | { readonly kind: 'idle' }
  /** asks again and again */
  | { readonly kind: 'asking' }
  | { readonly kind: 'receiving' }
  | { readonly kind: 'checking'; readonly slices: Slices<void> }
  | { readonly kind: 'refused' };

/** An announcement has 28 bytes. */
const DEAL_BYTES = 64;
const POLL_MS = 1_000;
/** A part may be free one day: a broker with more of them. */
const REFUSED_MS = 600_000;

export class Enrolment implements Companion {
  readonly #options: EnrolmentOptions;
  readonly #topics: { readonly deal: string; readonly enrol: string; readonly shard: string };
  readonly #backoff: Backoff;
  #link: SharedLink | undefined;
  #deal: Deal | undefined; // as last announced
  #state: State = { kind: 'idle' };
  #timer: Timer | undefined;
  #isMoving = false; // a byte came since the last look

  constructor(options: EnrolmentOptions) {
    const { device, task, entropy, backoffFirstMs, backoffMaxMs } = options;
    this.#options = options;
    this.#backoff = new Backoff(backoffFirstMs, backoffMaxMs, entropy);
    this.#topics = {
      deal: taskTopic('deal', task),
      enrol: deviceTopic('enrol', task, device),
      shard: deviceTopic('shard', task, device),
    };
  }

  start(link: SharedLink): void {
    this.#link = link;
    link.subscribe(this.#topics.deal);
    link.subscribe(this.#topics.shard);
  }

  /** An answer of the connection before does not come any more. */
  onUp(): void {
    const { kind } = this.#state;
    if (kind === 'asking' || kind === 'receiving' || kind === 'refused') this.#ask();
  }

  onMessage(topic: string, lengthBytes: number): MessageSink | undefined {
    if (topic === this.#topics.deal) {
      return collect(lengthBytes, DEAL_BYTES, (bytes) => this.#heard(decodeDeal(bytes)));
    }
    if (topic === this.#topics.shard) return this.#shardSink();
    return undefined;
  }

  stop(): void {
    this.#timer?.cancel();
    if (this.#state.kind === 'checking') this.#state.slices.cancel();
  }

  #heard(deal: Deal): void {
    const isNews = deal.deal !== this.#deal?.deal;
    this.#deal = deal;
    if (isNews || this.#state.kind === 'idle') this.#look();
  }

  #look(): void {
    const { kind } = this.#state;
    if (this.#isWanted && (kind === 'idle' || kind === 'refused')) this.#ask();
  }

  get #isWanted(): boolean {
    const { deal } = this.#options.shard;
    return this.#deal !== undefined && deal !== OWN_SHARD && deal !== this.#deal.deal;
  }

  #ask(): void {
    const { isIdle, shard, downloadMs } = this.#options;
    if (this.#deal === undefined || !this.#isWanted) {
      this.#rest({ kind: 'idle' });
    } else if (!isIdle()) {
      this.#rest({ kind: 'asking' }, POLL_MS);
    } else {
      this.#rest({ kind: 'asking' }, downloadMs + this.#backoff.next());
      const { deal } = this.#deal;
      this.#link?.send(this.#topics.enrol, encodeEnrol({ deal, roomBytes: shard.roomBytes }), 1);
    }
  }

  /** @param askMs after which it asks again; never when left out */
  #rest(state: State, askMs?: number): void {
    const { clock, log } = this.#options;
    this.#timer?.cancel();
    this.#state = state;
    if (askMs === undefined) return;
    this.#timer = clock.after(
      askMs,
      guarded(log, 'enrolment', () => this.#ask()),
    );
  }

  /** A copy that nobody waits for, or that comes while a round is at work, is dropped unread. */
  #shardSink(): MessageSink | undefined {
    const { device, shard, isIdle, onChanged } = this.#options;
    const { kind } = this.#state;
    if (this.#deal === undefined || (kind !== 'asking' && kind !== 'receiving') || !isIdle())
      return undefined;
    const state: State = { kind: 'receiving' };
    this.#rest(state);
    this.#watch(state);
    const sink = new ShardSink({
      ...{ device, deal: this.#deal.deal, shard },
      onBegun: onChanged,
      onWhole: (answer) => this.#answered(answer),
    });
    const step = (action: () => void) => {
      if (this.#state !== state) return;
      try {
        action();
      } catch (error) {
        this.#say(`not used: ${reasonOf(error)}`);
        this.#rest({ kind: 'asking' }, this.#backoff.next());
      }
    };
    return {
      write: (bytes) =>
        step(() => {
          sink.write(bytes);
          this.#isMoving = true;
        }),
      end: () => step(() => sink.end()),
    };
  }

  /** A shard that stands still on its way is asked for again. */
  #watch(state: State): void {
    const { clock, log, downloadMs } = this.#options;
    this.#isMoving = false;
    const look = guarded(log, 'shard', () => {
      if (this.#state !== state) return;
      if (this.#isMoving) this.#watch(state);
      else this.#ask();
    });
    this.#timer = clock.after(downloadMs, look);
  }

  #answered(answer: ShardOpening): void {
    const { shard, clock, onChanged } = this.#options;
    const { deal, outcome, part, parts, bytes, crc } = answer;
    if (outcome !== 'dealt') {
      const room = `${shard.roomBytes} bytes of this board's flash for one`;
      const reason =
        outcome === 'none left' ? `all ${parts} are dealt` : `one takes ${bytes}, too long for the ${room}`;
      this.#say(`none for this board: ${reason}`);
      this.#rest({ kind: 'refused' }, REFUSED_MS);
      return;
    }
    const slices = new Slices(clock, shard.seal({ bytes, deal, part, parts, crc }), 1, {
      onDone: () => {
        this.#backoff.reset();
        this.#say(`part ${part + 1} of ${parts}, ${shard.count} examples`);
        this.#rest({ kind: 'idle' });
        onChanged();
        this.#look(); // there may be another deal by now
      },
      onFailed: (error) => {
        this.#say(`not used: ${reasonOf(error)}`);
        this.#rest({ kind: 'asking' }, this.#backoff.next());
      },
    });
    this.#rest({ kind: 'checking', slices });
  }

  #say(text: string): void {
    this.#options.log.line(`shard: ${text}`);
  }
}
