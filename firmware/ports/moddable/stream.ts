/**
 * What carries MQTT on a board: TCP here, or TLS over it where the firmware is built with that.
 * @module
 */
import TCP from 'embedded:io/socket/tcp';

export interface Stream {
  format: 'number' | 'buffer';
  /** A count of bytes, a place for them, or one byte as a number, as `format` says. */
  read(what?: number | Uint8Array): number | ArrayBuffer | undefined;
  /**
   * Takes all of it, or throws.
   * @param options of the MQTT client, which sends a packet in several pieces
   * @returns bytes that may still be written; undefined when the connection is dead
   */
  write(data: Uint8Array, options?: PieceOptions): number | undefined;
  /** Safe to call twice. */
  close(): void;
}

export interface PieceOptions {
  readonly more?: boolean; // more pieces follow
  readonly byteLength?: number; // of all of them
}

export interface StreamOptions {
  readonly address: string; // IPv4, dotted
  readonly port: number;
  readonly name: string; // that the other side's certificate must have, where there is one
  readonly onReadable: (count: number) => void;
  readonly onWritable: (count: number) => void;
  readonly onError: () => void;
  /** Why it is of no more use, once. Called from within a callback: close later. */
  readonly onBroken: (reason: string) => void;
}

export type OpenStream = (options: StreamOptions) => Stream;

export const openTcp: OpenStream = ({ address, port, onReadable, onWritable, onError }) =>
  // The SDK's types know one form of `read` and `write` at a time, and no piece options.
  new TCP({ address, port, nodelay: true, onReadable, onWritable, onError }) as unknown as Stream;
