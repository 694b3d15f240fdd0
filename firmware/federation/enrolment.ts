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
import type { OwnExamples } from '../data/own.js';
import type { MessageSink, Ports, Timer } from '../ports/ports.js';
import { Backoff } from './backoff.js';
import type { Companion, RoundView, SharedLink } from './companion.js';
import { guarded, reasonOf } from './guard.js';
import { collect } from './inbox.js';
import type { Settings } from './settings.js';
import { ShardSink } from './shardsink.js';
import { Slices } from './slices.js';

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
  readonly #ports: Ports;
  readonly #own: OwnExamples;
  readonly #settings: Settings;
  #client: RoundView | undefined;
  #backoff: Backoff | undefined; // while it asks
  #link: SharedLink | undefined;
  #deal: Deal | undefined; // as last announced
  #state: State = { kind: 'idle' };
  #timer: Timer | undefined;
  #isMoving = false; // a byte came since the last look

  /** @param settings `downloadMs`: without a byte for as long, it asks again; then the backoff's waits, too */
  constructor(ports: Ports, own: OwnExamples, settings: Settings) {
    this.#ports = ports;
    this.#own = own;
    this.#settings = settings;
  }

  start(link: SharedLink, client: RoundView): void {
    this.#link = link;
    this.#client = client;
    link.subscribe(taskTopic('deal', this.#ports.task));
    link.subscribe(this.#topicOf('shard'));
  }

  /** An answer of the connection before does not come any more. */
  onUp(): void {
    const { kind } = this.#state;
    if (kind === 'asking' || kind === 'receiving' || kind === 'refused') this.#ask();
  }

  onMessage(topic: string, lengthBytes: number): MessageSink | undefined {
    if (topic === taskTopic('deal', this.#ports.task)) {
      return collect(lengthBytes, DEAL_BYTES, (bytes) => this.#heard(decodeDeal(bytes)));
    }
    if (topic === this.#topicOf('shard')) return this.#shardSink();
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
    const { windows, shard } = this.#own;
    const { deal } = shard;
    return (
      windows === undefined && this.#deal !== undefined && deal !== OWN_SHARD && deal !== this.#deal.deal
    );
  }

  #ask(): void {
    if (this.#deal === undefined || !this.#isWanted) {
      this.#rest({ kind: 'idle' });
    } else if (this.#client?.isIdle !== true) {
      this.#rest({ kind: 'asking' }, POLL_MS);
    } else {
      this.#rest({ kind: 'asking' }, this.#settings.downloadMs + this.#waitMs());
      const { deal } = this.#deal;
      const { roomBytes } = this.#own.shard;
      this.#link?.send(this.#topicOf('enrol'), encodeEnrol({ deal, roomBytes }), 1);
    }
  }

  /** @param askMs after which it asks again; never when left out */
  #rest(state: State, askMs?: number): void {
    const { clock, log } = this.#ports;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#state = state;
    if (state.kind === 'idle') this.#backoff = undefined;
    if (askMs === undefined) return;
    this.#timer = clock.after(
      askMs,
      guarded(log, 'enrolment', () => this.#ask()),
    );
  }

  /** A copy that nobody waits for, or that comes while a round is at work, is dropped unread. */
  #shardSink(): MessageSink | undefined {
    const { kind } = this.#state;
    const client = this.#client;
    if (kind !== 'asking' && kind !== 'receiving') return undefined;
    if (this.#deal === undefined || client?.isIdle !== true) return undefined;
    const state: State = { kind: 'receiving' };
    this.#rest(state);
    this.#watch(state);
    const sink = new ShardSink({
      device: this.#ports.identity.device,
      deal: this.#deal.deal,
      shard: this.#own.shard,
      onBegun: () => client.refresh(),
      onWhole: (answer) => this.#answered(answer),
    });
    const step = (action: () => void) => {
      if (this.#state !== state) return;
      try {
        action();
      } catch (error) {
        this.#say(`not used: ${reasonOf(error)}`);
        this.#rest({ kind: 'asking' }, this.#waitMs());
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
    const { clock, log } = this.#ports;
    this.#isMoving = false;
    const look = guarded(log, 'shard', () => {
      if (this.#state !== state) return;
      if (this.#isMoving) this.#watch(state);
      else this.#ask();
    });
    this.#timer = clock.after(this.#settings.downloadMs, look);
  }

  #answered(answer: ShardOpening): void {
    const { shard } = this.#own;
    const { deal, outcome, part, parts, bytes, crc } = answer;
    if (outcome !== 'dealt') {
      const room = `${shard.roomBytes} bytes of this board's flash for one`;
      const reason =
        outcome === 'none left' ? `all ${parts} are dealt` : `one takes ${bytes}, too long for the ${room}`;
      this.#say(`none for this board: ${reason}`);
      this.#rest({ kind: 'refused' }, REFUSED_MS);
      return;
    }
    const slices = new Slices(this.#ports.clock, shard.seal({ bytes, deal, part, parts, crc }), 1, {
      onDone: () => {
        this.#say(`part ${part + 1} of ${parts}, ${shard.count} examples`);
        this.#rest({ kind: 'idle' });
        this.#client?.refresh();
        this.#look(); // there may be another deal by now
      },
      onFailed: (error) => {
        this.#say(`not used: ${reasonOf(error)}`);
        this.#rest({ kind: 'asking' }, this.#waitMs());
      },
    });
    this.#rest({ kind: 'checking', slices });
  }

  /** Longer each time. */
  #waitMs(): number {
    const { backoffFirstMs, backoffMaxMs } = this.#settings;
    this.#backoff ??= new Backoff(backoffFirstMs, backoffMaxMs, this.#ports.entropy);
    return this.#backoff.next();
  }

  /** Made anew each time: a string in memory is for who is heard often. */
  #topicOf(kind: 'enrol' | 'shard'): string {
    return deviceTopic(kind, this.#ports.task, this.#ports.identity.device);
  }

  #say(text: string): void {
    this.#ports.log.line(`shard: ${text}`);
  }
}
