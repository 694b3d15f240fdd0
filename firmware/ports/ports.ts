/**
 * Everything that the firmware gets from its host: a board, the emulator or a test hands these
 * in. Interfaces only. Bytes given to a callback belong to the host and are valid only during
 * the call; bytes given to a port are copied or sent before the call returns.
 * @module
 */

/** One MQTT 3.1.1 connection at a time. It never reconnects by itself: the firmware decides when. */
export interface Transport {
  /** Starts to connect; ends in `onConnected` or `onClosed`. Call only while closed. */
  open(options: TransportOptions, events: TransportEvents): void;
  /** Subscribes at QoS 1. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /**
   * Sends one message, never retained, never empty.
   * @param onAcknowledged called once at PUBACK (QoS 1), or when handed to the socket (QoS 0);
   *   never called when the connection closes first
   */
  publish(topic: string, payload: Uint8Array, qos: 0 | 1, onAcknowledged: () => void): void;
  /** Sends DISCONNECT, so that the will is not published. No callback follows. Safe to call twice. */
  close(): void;
}

export interface TransportOptions {
  readonly clientId: string;
  readonly keepAliveMs: number;
  readonly will: { readonly topic: string; readonly payload: Uint8Array };
}

export interface TransportEvents {
  onConnected(): void;
  /**
   * A message begins. The returned sink gets its bytes in one or more pieces, in order.
   * `undefined` drops the message unread.
   */
  onMessage(topic: string, lengthBytes: number): MessageSink | undefined;
  /** Refused, lost or timed out; the transport is closed and may be opened again. */
  onClosed(reason: string): void;
}

export interface MessageSink {
  write(bytes: Uint8Array): void;
  end(): void;
}

/** Monotonic time and timers. Nothing that it says may touch a weight. */
export interface Clock {
  nowMs(): number;
  /** Calls back once, not before `delayMs`; 0 = at the next turn of the event loop. */
  after(delayMs: number, callback: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** Numbers for back-off jitter only, never for training. */
export interface Entropy {
  /** uniform, 0 to 2^32 - 1 */
  next(): number;
}

/**
 * Persistent memory that survives power loss: two model slots and one small record.
 * What is written is durable when the call returns.
 */
export interface Flash {
  /** Bytes that one slot can hold. */
  readonly slotBytes: number;
  /**
   * Makes a slot ready for `write` from offset 0 upwards. What it held is lost from now on. A host may
   * erase sector by sector, as the writes reach them: a whole slot at once takes a chip too long.
   */
  erase(slot: 0 | 1): void;
  write(slot: 0 | 1, offset: number, bytes: Uint8Array): void;
  read(slot: 0 | 1, offset: number, out: Uint8Array): void;
  /** The record as last saved whole, or undefined when there is none. At most 64 bytes. */
  loadRecord(): Uint8Array | undefined;
  /** Replaces the record in one step: after power loss it is the old one or the new one. */
  saveRecord(bytes: Uint8Array): void;
}

/**
 * A part of NOR flash, as a partition of a chip gives it. An erase sets whole sectors to 0xff, a write can
 * only clear bits. Power loss in the middle of either leaves the bytes that it was about in any state,
 * and no others. What was done is durable when the call returns.
 */
export interface RawPartition {
  readonly bytes: number; // a multiple of sectorBytes
  readonly sectorBytes: number; // 4,096 on most chips
  /** Both numbers are multiples of sectorBytes. A sector takes a chip 30 to 400 ms. */
  erase(offset: number, bytes: number): void;
  /** Any offset and length; the place was erased since it was last written. */
  write(offset: number, bytes: Uint8Array): void;
  read(offset: number, out: Uint8Array): void;
}

/** How a board is, as far as its host can tell; 0 and 'unknown' where it cannot. */
export interface Vitals {
  readonly heapBytes: number; // of the engine in use at most so far
  readonly chunkBytes: number; // of its chunk heap
  readonly slots: number; // of its slot heap
  readonly millijoules: number; // estimated, since the last call
  readonly rssi: number; // dBm of the radio, -128 to 127
  readonly reset: 'unknown' | 'power' | 'restart' | 'crash' | 'watchdog' | 'brownout' | 'sleep';
}

/** A light or a screen for people in the room. */
export interface Indicator {
  /** Called at each change; `offline` while there is no connection, whatever the board does meanwhile. */
  show(
    state:
      | 'offline'
      | 'joining'
      | 'waiting'
      | 'downloading'
      | 'training'
      | 'reporting'
      | 'done'
      | 'failed'
      | 'stopped',
  ): void;
}

/** A checksum that nobody can forge, over bytes that come in pieces. */
export interface Digest {
  update(bytes: Uint8Array): void;
  /** Ends it. */
  finish(): Uint8Array;
}

export interface Crypto {
  sha256(): Digest;
  /**
   * Whether ECDSA over P-256 with SHA-256 accepts; may take a board a second.
   * @param key x and y, 32 bytes each, big-endian
   * @param message short; the host hashes it
   * @param signature r and s, 32 bytes each, big-endian; the caller has checked that both are 1 to n - 1
   */
  isSigned(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
}

/** The flash that firmware runs from, and what it takes to change it: two slots, one of them in use. */
export interface FirmwareHost {
  readonly target: string; // name of the build, 1 to 15 of a-z, 0-9 and -
  readonly version: number; // of the running firmware: major · 2^16 + minor · 2^8 + patch
  readonly running: 0 | 1; // the slot that it runs from, in truth: the boot loader may pass over a bad one
  readonly spare: RawPartition; // the other slot
  readonly choice: RawPartition; // the two sectors from which the boot loader reads its slot (`otadata`)
  readonly trial: RawPartition; // two sectors for what the firmware remembers of an update
  readonly key: Uint8Array; // public key of the firmware's maker: x and y, 32 bytes each, big-endian
  readonly crypto: Crypto;
  /** Does not return on a board. */
  restart(): void;
}

/** What a person tells a board once, over a cable. A field that is left out is not set. */
export interface Setup {
  readonly device?: string; // the board's name; without one it has that of its chip
  readonly ssid?: string; // Wi-Fi, 1 to 32 bytes
  readonly password?: string; // of the Wi-Fi, up to 64 bytes
  readonly broker?: string; // host or host:port; without one it is searched for
  readonly task?: string;
  readonly code?: string; // to join with
  readonly last?: string; // address:port where the broker was found last; the board's own note
}

/** Keeps the setup over restarts; after power loss in `save` it is the old one or the new one. */
export interface SetupStore {
  load(): Setup;
  save(setup: Setup): void;
}

/** Labelled examples of this board, in a fixed order. */
export interface Examples {
  readonly count: number;
  readonly features: number; // bytes per example
  readonly signed: boolean; // int8 or uint8
  readonly classes: number;
  /** Copies the features of example `index` to out[0..features) and returns its label. */
  read(index: number, out: Uint8Array): number;
}

/** Values at a steady rate: an accelerometer's axes, or the features of a microphone. */
export interface Sensor {
  readonly channels: number; // values of one sample, 1 to 64
  readonly hertz: number; // samples a second, 1 to 1,000
  /**
   * Calls back once for each sample, with one int16 for each channel, until `stop`. The array is the sensor's and is
   * used again for the next sample, so nothing is allocated. A sample for which there was no time is left out; two
   * never come at once to make up for it.
   */
  start(onSample: (values: Int16Array) => void): void;
  /** No callback follows. Safe to call twice; `start` may follow. */
  stop(): void;
}

export interface Log {
  /** One line for a person, no newline. */
  line(text: string): void;
}

export interface Identity {
  readonly device: string; // `esp32-` + 12 hex digits on a board; /^[a-z0-9-]{1,23}$/
  readonly board: string; // profile name in shared/model/boards
}

export interface Ports {
  readonly identity: Identity;
  readonly task: string; // /^[a-z0-9-]{1,32}$/
  readonly transport: Transport;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly flash: Flash;
  /** What the board learns from, where the host has it; else it is in `shard`. */
  readonly examples?: Examples;
  /**
   * Flash for the board's own examples, two sectors or more: a shard that was flashed or dealt by the server, or
   * the windows of the sensor.
   */
  readonly shard?: RawPartition;
  /** A live task takes the one that has its channels and rate; windows of it are kept in `shard`. */
  readonly sensors?: readonly Sensor[];
  readonly log: Log;
  /** Free memory in bytes, 0 when unknown. */
  freeBytes(): number;
  /** Once per round. */
  vitals?(): Vitals;
  readonly indicator?: Indicator;
  /** Left out where firmware cannot be changed over the network. */
  readonly firmware?: FirmwareHost;
}
