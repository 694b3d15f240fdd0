/**
 * Modules of the SDK that its types on npm do not know: what the ports use of them. The SDK's own
 * types, newer, count when it builds the firmware.
 */
/** Makes a host function of a C function; the compiler wants its name as it stands here. */
declare function native(name: string): (...values: unknown[]) => number;

declare module 'crypt' {
  export class Digest {
    constructor(type: 'SHA256');
    write(message: ArrayBuffer): void;
    close(): ArrayBuffer;
  }
}

declare module 'embedded:network/interface/wifi' {
  export default class WiFi {
    constructor(options: { onChanged?: (property: string) => void });
    connect(options: { SSID: string; password?: string }): void;
    disconnect(): void;
    readonly connection: number;
    readonly address: string | undefined;
    readonly MAC: string | undefined;
  }
}

declare module 'embedded:network/dnssd' {
  export interface Service {
    readonly address: string;
    readonly port: number;
    readonly txt?: Map<string, string | undefined>;
  }

  export default class DNSSD {
    constructor(options: { socket: object });
    discover(options: { serviceType: string; onFound?(service: Service): void }): { close(): void };
    close(): void;
  }
}

declare module 'embedded:storage/flash' {
  export interface Flash {
    eraseBlock(start: number, end?: number): void;
    read(buffer: Uint8Array, byteOffset: number): number;
    write(buffer: Uint8Array, byteOffset: number): void;
    status(): { readonly size: number; readonly blockLength: number };
  }

  const FlashStorage: { open(options: { path: string; mode?: 'r' | 'r+' }): Flash };
  export default FlashStorage;
}
