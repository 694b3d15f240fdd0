/**
 * The XS engine with the memory of a board, as a process: `host/main.c`, driven over its pipes. A script
 * is loaded as into flash; what it makes afterwards lives in a heap with hard limits.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { encodeHostFrame, type HostFrame, HostFrameReader, type Part } from './frame.js';

/** Limits of a machine's memory; slots are objects, properties and the like. */
export interface HeapLimits {
  readonly chunkBytes: number;
  readonly slots: number; // without the stack
  readonly sumBytes: number; // of chunks, slots and stack
  readonly stackSlots: number;
}

/** What a machine holds and held, in bytes. */
export interface HeapUse {
  readonly slotBytes: number; // of one slot: 16 as on the board, or 32
  readonly chunks: number; // in use
  readonly slots: number; // in use, with the stack
  readonly chunkPeak: number; // the most that was reserved
  readonly slotPeak: number; // the same, with the stack
  readonly stackPeak: number;
  readonly free: number; // within the limits
}

export interface HostOptions {
  readonly program: string; // path from buildHost
  readonly script: string;
  /** A program that runs the host, with its arguments: valgrind. */
  readonly under?: readonly string[];
  readonly limits?: HeapLimits; // 256 MB when left out
  /** Reserves nothing before it is needed, so that the peaks of HeapUse are the least that would do. Slower. */
  readonly tight?: boolean;
  /** Gets frames that are not answers. */
  readonly onFrame?: (frame: HostFrame) => void;
  /** It ended by itself: out of memory, an exception that nobody caught, … */
  readonly onEnd?: (reason: string) => void;
}

/** Kinds of frames that `host/main.c` knows. */
const TO = { evaluate: 1, examples: 2, slot: 3, record: 4, memory: 5, chip: 6 } as const;
const FROM = { value: 1, failure: 2, end: 3, memory: 4 } as const;

/** What goes in at the start: the board's flash. Kinds from FREE_KIND on are for scripts. */
export type StoreKind = 'examples' | 'slot' | 'record' | 'chip';
export const FREE_KIND = 16;

const AMPLE: HeapLimits = { chunkBytes: 2 ** 28, slots: 2 ** 22, sumBytes: 2 ** 28, stackSlots: 4096 };

interface Waiting {
  readonly resolve: (frame: HostFrame) => void;
  readonly reject: (error: Error) => void;
}

export class XsHost {
  readonly #options: HostOptions;
  readonly #child: ChildProcess;
  readonly #reader = new HostFrameReader();
  readonly #waiting: Waiting[] = []; // in the order of what was asked
  readonly #ended: Promise<void>;
  #reason = ''; // why it ended, '' while it runs
  #errors = ''; // what it wrote to stderr
  #isClosed = false;

  constructor(options: HostOptions) {
    const { program, script, under = [], limits = AMPLE, tight = false } = options;
    this.#options = options;
    const folder = mkdtempSync(join(tmpdir(), 'sparrow-xs-'));
    const path = join(folder, 'script.js');
    writeFileSync(path, script);
    const sizes = [limits.chunkBytes, limits.slots, limits.sumBytes, limits.stackSlots, tight ? 1 : 0];
    const [command, ...given] = [...under, program, ...sizes.map(String), path];
    this.#child = spawn(command, given, { stdio: ['pipe', 'pipe', 'pipe'] });
    const { stdin, stdout, stderr } = this.#child;
    (stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    (stdin as Writable).on('error', () => {}); // a broken pipe: `close` below says why
    (stdout as Readable).on('data', (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk)) this.#receive(frame);
    });
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => this.#end(error.message));
      this.#child.once('close', (code, signal) => {
        rmSync(folder, { recursive: true, force: true });
        this.#end(this.#errors.trim() || (signal ?? `exit code ${code}`));
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Runs a program in the global scope.
   * @returns its value as a string
   * @throws Error with the message of what the program threw, or how the engine ended
   */
  async evaluate(source: string): Promise<string> {
    return (await this.evaluateBytes(source)).toString('utf8');
  }

  /** As `evaluate`, but the bytes of a value that is an ArrayBuffer or an array of bytes. */
  async evaluateBytes(source: string): Promise<Buffer> {
    const frame = await this.#ask(TO.evaluate, [source]);
    if (frame.kind === FROM.failure) throw new Error(`XS: ${frame.text()}`);
    return frame.bytes();
  }

  async memory(): Promise<HeapUse> {
    const frame = await this.#ask(TO.memory, []);
    const [slotBytes, chunks, slots, chunkPeak, slotPeak, stackPeak, free] = Array.from({ length: 7 }, () =>
      frame.integer(),
    );
    return { slotBytes, chunks, slots, chunkPeak, slotPeak, stackPeak, free };
  }

  /** Fills the board's flash. */
  store(kind: StoreKind, parts: readonly Part[]): void {
    this.#write(TO[kind], parts);
  }

  /** To the script's `receive`. @param kind FREE_KIND to 255 */
  send(kind: number, parts: readonly Part[]): void {
    this.#write(kind, parts);
  }

  /** Ends the process; whoever still waits gets an error. `onEnd` is not called. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#end('closed');
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #ask(kind: number, parts: readonly Part[]): Promise<HostFrame> {
    return new Promise((resolve, reject) => {
      if (this.#reason !== '') return reject(this.#endError());
      this.#waiting.push({ resolve, reject });
      this.#write(kind, parts);
    });
  }

  #write(kind: number, parts: readonly Part[]): void {
    if (this.#reason === '') (this.#child.stdin as Writable).write(encodeHostFrame(kind, parts));
  }

  #receive(frame: HostFrame): void {
    if (this.#isClosed) return;
    if (frame.kind === FROM.end) this.#end(frame.text());
    else if (frame.kind <= FROM.failure || frame.kind === FROM.memory) this.#waiting.shift()?.resolve(frame);
    else this.#options.onFrame?.(frame);
  }

  #end(reason: string): void {
    if (this.#reason !== '') return;
    this.#reason = reason;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#endError());
    if (!this.#isClosed) this.#options.onEnd?.(reason);
  }

  #endError(): Error {
    return new Error(`XS ended: ${this.#reason}`);
  }
}
