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
