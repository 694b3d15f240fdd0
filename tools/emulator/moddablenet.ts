/**
 * The world around a board on stand-ins: an access point, names, services, and TCP connections of this
 * machine. It answers the board's frames.
 * @module
 */
import { connect, type Socket } from 'node:net';
import type { HostFrame, Part } from '../xs/frame.js';
import { FROM_BOARD, TO_BOARD } from './moddable/kinds.js';

export interface Service {
  readonly type: string; // such as _sparrow._tcp
  readonly address: string; // IPv4
  readonly port: number;
  readonly txt: Readonly<Record<string, string>>;
}

/** Can be changed while boards run. */
export interface Surroundings {
  readonly accessPoint: { ssid: string; password: string; isOn: boolean; joinMs: number };
  services: readonly Service[];
  hosts: Readonly<Record<string, string>>; // name and address
}

type Send = (kind: number, parts: readonly Part[]) => void;
type Hear = (bytes: Buffer) => void;

/** States of the SDK's Wi-Fi interface. */
const DISCONNECTED = 200;
const CONNECTING = 300;
const HAS_ADDRESS = 500;

/** As a chip's TCP has them: room for what is on its way up, and a segment. */
const SEND_BYTES = 8192;
const SEGMENT_BYTES = 1436;

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const ADDRESS = '192.168.4.2';

export class BoardNetwork {
  readonly #around: Surroundings;
  readonly #send: Send;
  readonly #sockets = new Map<number, Socket>();
  readonly #onConnection: (() => Hear) | undefined;
  readonly #hearers = new Map<number, Hear>(); // of bytes up, by handle
  #wifi: number | undefined; // its handle
  #isUp = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(around: Surroundings, send: Send, onConnection?: () => Hear) {
    this.#around = around;
    this.#send = send;
    this.#onConnection = onConnection;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** The radio loses its access point. Connections fall silent: nobody tells a chip that they are dead. */
  drop(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
    this.#sockets.clear();
    this.#hearers.clear();
    clearTimeout(this.#timer);
    this.#isUp = false;
    if (this.#wifi !== undefined) this.#send(TO_BOARD.wifi, [this.#wifi, DISCONNECTED, '']);
  }

  /** The board has no power any more. */
  close(): void {
    this.#wifi = undefined;
    this.drop();
  }

  /** @returns whether the frame was about the network */
  receive(frame: HostFrame): boolean {
    const { kind } = frame;
    if (kind === FROM_BOARD.open) this.#open(frame.integer(), frame.text(), frame.integer());
    else if (kind === FROM_BOARD.write) this.#write(frame.integer(), Buffer.from(frame.bytes()));
    else if (kind === FROM_BOARD.close) this.#close(frame.integer());
    else if (kind === FROM_BOARD.join) this.#join(frame.integer(), frame.text(), frame.text());
    else if (kind === FROM_BOARD.leave) this.drop();
    else if (kind === FROM_BOARD.resolve) this.#resolve(frame.integer(), frame.text());
    else if (kind === FROM_BOARD.browse) this.#browse(frame.integer(), frame.text());
    else if (kind === FROM_BOARD.askTime) {
      this.#send(TO_BOARD.time, [frame.integer(), this.#isUp ? Math.floor(Date.now() / 1000) : 0]);
    } else return false;
    return true;
  }

  #join(handle: number, ssid: string, password: string): void {
    const { accessPoint } = this.#around;
    this.#wifi = handle;
    this.#send(TO_BOARD.wifi, [handle, CONNECTING, '']);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isUp = accessPoint.isOn && accessPoint.ssid === ssid && accessPoint.password === password;
      const state = this.#isUp ? HAS_ADDRESS : DISCONNECTED;
      this.#send(TO_BOARD.wifi, [handle, state, this.#isUp ? ADDRESS : '']);
    }, accessPoint.joinMs);
  }

  #open(handle: number, host: string, port: number): void {
    if (!this.#isUp) {
      this.#send(TO_BOARD.lost, [handle]);
      return;
    }
    const socket = connect({ host, port, noDelay: true });
    this.#sockets.set(handle, socket);
    if (this.#onConnection !== undefined) this.#hearers.set(handle, this.#onConnection());
    const lose = () => {
      if (this.#sockets.get(handle) !== socket) return;
      this.#sockets.delete(handle);
      this.#hearers.delete(handle);
      socket.destroy();
      this.#send(TO_BOARD.lost, [handle]);
    };
    socket.on('error', lose);
    socket.on('end', lose);
    socket.on('close', lose);
    socket.on('connect', () => {
      if (this.#sockets.has(handle)) this.#send(TO_BOARD.opened, [handle, SEND_BYTES]);
    });
    socket.on('data', (chunk: Buffer) => {
      if (!this.#sockets.has(handle)) return;
      for (let at = 0; at < chunk.length; at += SEGMENT_BYTES) {
        this.#send(TO_BOARD.data, [handle, chunk.subarray(at, at + SEGMENT_BYTES)]);
      }
    });
  }

  /** The firmware may write to what has just been lost. */
  #write(handle: number, bytes: Buffer): void {
    this.#hearers.get(handle)?.(bytes);
    this.#sockets.get(handle)?.write(bytes, (error) => {
      if (!error && this.#sockets.has(handle)) this.#send(TO_BOARD.sent, [handle, bytes.length]);
    });
  }

  #close(handle: number): void {
    const socket = this.#sockets.get(handle);
    this.#sockets.delete(handle);
    this.#hearers.delete(handle);
    socket?.end();
  }

  #resolve(handle: number, name: string): void {
    const address = IPV4.test(name) ? name : this.#around.hosts[name];
    this.#send(TO_BOARD.resolved, [handle, this.#isUp ? (address ?? '') : '']);
  }

  #browse(handle: number, type: string): void {
    if (!this.#isUp) return;
    for (const service of this.#around.services) {
      if (service.type !== type) continue;
      const txt = Object.entries(service.txt);
      this.#send(TO_BOARD.service, [handle, service.address, service.port, txt.length, ...txt.flat()]);
    }
  }
}
