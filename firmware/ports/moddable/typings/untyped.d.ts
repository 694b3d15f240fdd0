/** Modules of the SDK that it ships as JavaScript alone. */
declare module 'resetReason' {
  /** As ESP-IDF's `esp_reset_reason_t`. */
  export default function getResetReason(): { readonly reason: number };
}

declare module 'curve' {
  export default class Curve {
    constructor(name: 'secp256r1');
  }
}

declare module 'ecp' {
  export default class ECPoint {
    readonly X: bigint;
    /** @param bytes 4, then x and y, big-endian */
    static fromOctetString(bytes: Uint8Array): ECPoint;
  }
}

declare module 'ecdsa' {
  import type Curve from 'curve';
  import type ECPoint from 'ecp';

  export default class ECDSA {
    constructor(key: ECPoint, curve: Curve);
    /** @param signature r and s, 32 bytes each, big-endian */
    verify(hash: ArrayBuffer, signature: ArrayBuffer): boolean;
  }
}

declare module 'ssl/session' {
  /** A client of TLS, fed by `handshake` and then `read` whenever there is something to read. */
  export default class Session {
    constructor(options: {
      readonly serverName: string;
      readonly protocolVersion: number;
      readonly verify: boolean;
      readonly cache: boolean;
    });
    readonly alert?: object;
    readonly clientCipher?: object | null;
    readonly serverCipher?: object | null;
    readonly handshakeProcess: number;
    initiateHandshake(): void;
    /** @returns whether it is over, well or with an alert */
    handshake(wire: object): boolean;
    /** @returns the content of a record, undefined when there is none yet, null at the end */
    read(wire: object): Uint8Array | null | undefined;
    /** @returns bytes that may still be written */
    write(wire: object, data: Uint8Array, options?: object): number;
  }
}
