/**
 * Which of the brokers that announce themselves a board takes. Every board that hears the same of them
 * takes the same one.
 * @module
 */

/** A service as it was announced; nobody has proven it. */
export interface Announced {
  readonly address: string; // IPv4, dotted
  readonly port: number; // plain; that for TLS where there is no plain one
  readonly task?: string;
  readonly tls?: string; // port for TLS, none where absent
}

export interface Wanted {
  readonly task: string;
  readonly isSecure: boolean; // over TLS or not at all
}

export interface Spot {
  readonly address: string;
  readonly port: number;
}

/** Where this service takes a board that wants this, undefined where it does not. */
export function spotOf(service: Announced, { task, isSecure }: Wanted): Spot | undefined {
  const tlsPort = Number(service.tls ?? 0);
  if (service.task !== task) return undefined;
  if (isSecure) return isPort(tlsPort) ? { address: service.address, port: tlsPort } : undefined;
  if (!isPort(service.port) || service.port === tlsPort) return undefined;
  return { address: service.address, port: service.port };
}

/**
 * The one to try after so many failures: the lowest address first, the lower port of two, then the next.
 * @param spots one or more
 */
export function choose(spots: readonly Spot[], failures: number): Spot {
  const sorted = [...spots].sort((a, b) => numberOf(a.address) - numberOf(b.address) || a.port - b.port);
  return sorted[failures % sorted.length];
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65536;
}

/** Of an IPv4 address, so that 10.0.0.9 comes before 10.0.0.10. */
function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
