/**
 * Stands for the SDK's module `embedded:io/socket/tcp`: a TCP connection of the emulator. What the firmware
 * leaves unread waits here, until more comes.
 * Source of the interface: ECMA-419, TCP socket class; Moddable SDK, documentation/io/io.md.
 * @module
 */
import { FROM_BOARD, TO_BOARD } from './kinds.js';
import { machine } from './machine.js';

type Format = 'number' | 'buffer';

export interface TcpOptions {
  readonly address?: string;
  readonly host?: string; // an address, too
  readonly port: number;
  readonly nodelay?: boolean;
  readonly format?: Format;
  readonly target?: unknown;
  readonly onReadable?: (this: TCP, bytes: number) => void;
  readonly onWritable?: (this: TCP, bytes: number) => void;
  readonly onError?: (this: TCP) => void;
}

export default class TCP {
  readonly target: unknown;
  readonly #options: TcpOptions;
  readonly #handle: number;
  readonly #byte = new Uint8Array(1);
  #format: Format;
  #room = 0; // bytes that may be written
  #inFrame = 0; // bytes of the frame in hand that nobody read yet
  #unread: Uint8Array | undefined; // of earlier frames
  #isOpen = true;

  constructor(options: TcpOptions) {
    const { address = options.host, port, target, format = 'buffer' } = options;
    if (address === undefined) throw new Error('no address');
    this.target = target;
    this.#options = options;
    this.#format = format;
    this.#handle = machine().handle((kind) => this.#receive(kind));
    machine().host.send(FROM_BOARD.open, this.#handle, address, port);
  }

  get format(): Format {
    return this.#format;
  }

  set format(format: Format) {
    if (format !== 'number' && format !== 'buffer') throw new RangeError('invalid format');
    this.#format = format;
  }

  /** A byte in the format `number`; else as many bytes as asked for, or as fit. Nothing: undefined. */
  read(what?: number | Uint8Array): number | ArrayBuffer | undefined {
    const ready = this.#ready;
    if (ready === 0) return undefined;
    if (this.#format === 'number') {
      this.#take(this.#byte);
      return this.#byte[0];
    }
    if (typeof what === 'object') {
      const part = what.length <= ready ? what : what.subarray(0, ready);
      this.#take(part);
      return part.length;
    }
    const bytes = new Uint8Array(Math.min(what ?? ready, ready));
    this.#take(bytes);
    return bytes.buffer;
  }

  /** @returns bytes that may still be written. @throws Error when these are too many, or it is closed */
  write(what: number | Uint8Array | ArrayBuffer): number {
    const bytes =
      typeof what === 'number'
        ? Uint8Array.of(what)
        : what instanceof ArrayBuffer
          ? new Uint8Array(what)
          : what;
    if (!this.#isOpen) throw new Error('closed');
    if (bytes.length > this.#room) throw new Error('would block');
    this.#room -= bytes.length;
    machine().host.send(FROM_BOARD.write, this.#handle, bytes);
    return this.#room;
  }

  close(): void {
    if (this.#isOpen) machine().host.send(FROM_BOARD.close, this.#handle);
    this.#isOpen = false;
    machine().forget(this.#handle);
  }

  get #ready(): number {
    return this.#inFrame + (this.#unread?.length ?? 0);
  }

  #receive(kind: number): void {
    const { onReadable, onWritable, onError } = this.#options;
    const { host } = machine();
    if (kind === TO_BOARD.opened || kind === TO_BOARD.sent) {
      this.#room += host.integer();
      onWritable?.call(this, this.#room);
    } else if (kind === TO_BOARD.lost) {
      this.#room = 0;
      onError?.call(this);
    } else if (kind === TO_BOARD.data) {
      this.#inFrame = host.integer();
      onReadable?.call(this, this.#ready);
      this.#keepUnread();
    }
  }

  #take(out: Uint8Array): void {
    const first = this.#unread?.subarray(0, out.length);
    if (first !== undefined) {
      out.set(first);
      this.#unread = this.#unread!.length > first.length ? this.#unread!.slice(first.length) : undefined;
    }
    const rest = out.length - (first?.length ?? 0);
    if (rest === 0) return;
    machine().host.copy(rest === out.length ? out : out.subarray(out.length - rest));
    this.#inFrame -= rest;
  }

  #keepUnread(): void {
    if (this.#inFrame === 0) return;
    const before = this.#unread?.length ?? 0;
    const unread = new Uint8Array(before + this.#inFrame);
    if (before > 0) unread.set(this.#unread!);
    machine().host.copy(unread.subarray(before));
    this.#unread = unread;
    this.#inFrame = 0;
  }
}
