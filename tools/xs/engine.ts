/**
 * Runs JavaScript on the XS engine, the one of the boards, as a process on this machine: the worker
 * that the package @agoric/xsnap builds, driven over its pipes. Time and memory are not bounded here.
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { encodeNetstring, NetstringReader } from './netstring.js';

const PLATFORMS: Readonly<Record<string, string>> = { linux: 'lin', darwin: 'mac' };

/** The worker's exit codes, from its source. */
const EXITS: Readonly<Record<number, string>> = {
  11: 'out of memory',
  12: 'stack overflow',
  15: 'unhandled exception',
  16: 'no more keys',
};

/**
 * Lives in the engine. The worker answers with the bytes of an ArrayBuffer in `result`, which may
 * come late: it looks when no promise job is left. The first byte says whether the rest is a value.
 */
const PRELUDE = `globalThis.answer = (source) => {
  const reply = {};
  const put = (tag, bytes) => {
    const tagged = new Uint8Array(bytes.length + 1);
    tagged[0] = tag;
    tagged.set(bytes, 1);
    reply.result = tagged.buffer;
  };
  const text = (value) => new TextEncoder().encode(String(value));
  const give = (value) => {
    if (value instanceof ArrayBuffer) put(1, new Uint8Array(value));
    else if (ArrayBuffer.isView(value)) put(1, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    else put(1, text(value));
  };
  const fail = (error) => put(0, text(error instanceof Error ? error + '\\n' + error.stack : error));
  try {
    const value = (0, eval)(source);
    if (value instanceof Promise) value.then(give).catch(fail);
    else give(value);
  } catch (error) {
    fail(error);
  }
  return reply;
};`;

/** The path of the XS worker, or undefined where it was not built (no C compiler at install). */
export function findXs(): string | undefined {
  const build = join(import.meta.dirname, '../../node_modules/@agoric/xsnap/xsnap-native/xsnap/build/bin');
  const path = join(build, PLATFORMS[process.platform] ?? process.platform, 'release/xsnap-worker');
  return existsSync(path) ? path : undefined;
}

interface Waiting {
  readonly resolve: (reply: Buffer) => void;
  readonly reject: (error: Error) => void;
}

export class XsEngine {
  readonly #child: ChildProcess;
  readonly #reader = new NetstringReader();
  readonly #waiting: Waiting[] = []; // in the order of their commands
  readonly #ended: Promise<void>;
  #end = ''; // why it ended, '' while it runs
  #errors = ''; // what the worker wrote to stderr

  /** @throws Error when XS was not built */
  static async start(): Promise<XsEngine> {
    const path = findXs();
    if (path === undefined) {
      throw new Error('the XS engine is not built, expected @agoric/xsnap: run npm ci with a C compiler');
    }
    const engine = new XsEngine(path);
    await engine.#send(PRELUDE);
    return engine;
  }

  private constructor(path: string) {
    // fd 3 to the worker, 4 from it; 5 to 8 are for debugger, profiler and snapshots
    this.#child = spawn(path, ['sparrow'], { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] });
    const [, , stderr, input, output] = this.#child.stdio;
    (stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    (input as Writable).on('error', () => {}); // a broken pipe: `close` below says why
    (output as Readable).on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => this.#stop(error.message));
      this.#child.once('close', (code, signal) => {
        this.#stop(signal ?? EXITS[code ?? 0] ?? `exit code ${code}`);
        resolve();
      });
    });
  }

  /**
   * Runs a program in the global scope; a promise is waited for.
   * @returns its value as a string
   * @throws Error with the message and stack of what the program threw, or how XS ended
   */
  async evaluate(source: string): Promise<string> {
    return (await this.evaluateBytes(source)).toString('utf8');
  }

  /** As `evaluate`, but the bytes of a value that is an ArrayBuffer or a typed array. */
  async evaluateBytes(source: string): Promise<Buffer> {
    const reply = await this.#send(`answer(${JSON.stringify(source)})`);
    if (reply.length === 0) throw new Error('XS: the promise of the program never settled');
    const value = reply.subarray(1);
    if (reply[0] === 0) throw new Error(`XS: ${value.toString('utf8')}`);
    return value;
  }

  /** Ends the process; whoever still waits gets an error. */
  async close(): Promise<void> {
    this.#stop('closed');
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #send(program: string): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#end !== '') return reject(this.#endError());
      this.#waiting.push({ resolve, reject });
      (this.#child.stdio[3] as Writable).write(encodeNetstring(Buffer.from(`e${program}`)));
    });
  }

  #receive(chunk: Buffer): void {
    for (const message of this.#reader.push(chunk)) {
      const waiting = this.#waiting.shift();
      const kind = String.fromCharCode(message[0]);
      // '.', the meter's JSON, byte 1, the answer; or '!' and an error
      if (kind === '.') waiting?.resolve(message.subarray(message.indexOf(1) + 1));
      else waiting?.reject(new Error(`XS: ${message.toString('utf8', 1)}`));
    }
  }

  #stop(end: string): void {
    if (this.#end === '') this.#end = end;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#endError());
  }

  #endError(): Error {
    return new Error(`XS ended: ${this.#end}${this.#errors === '' ? '' : `\n${this.#errors.trim()}`}`);
  }
}
