/**
 * Tells the local network where the broker is, by DNS-SD over multicast DNS: the service
 * `_sparrow._tcp` with the task in its TXT record, and there `tls` with the port for TLS, which is the
 * service's own port where there is no plain one. A board that knows no address searches for it.
 * Sources: RFC 6762, RFC 6763.
 * @module
 */
import Bonjour from 'bonjour-service';

export interface AnnouncementOptions {
  readonly task: string;
  readonly port: number;
  readonly tlsPort?: number; // none when absent
  /** A network without multicast; nobody will find the broker by itself. */
  readonly onError: (reason: string) => void;
}

const TYPE = 'sparrow'; // _sparrow._tcp

export class Announcement {
  readonly #bonjour: Bonjour;

  constructor({ task, port, tlsPort, onError }: AnnouncementOptions) {
    this.#bonjour = new Bonjour({}, (error: Error) => onError(error.message));
    // Two brokers of one task on a network differ in their port or their machine.
    const txt = tlsPort === undefined ? { task } : { task, tls: String(tlsPort) };
    this.#bonjour.publish({ name: `sparrow ${task} ${port}`, type: TYPE, port, txt, probe: false });
  }

  /** Takes it back. Resolves when that was said. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#bonjour.unpublishAll(() => {
        this.#bonjour.destroy();
        resolve();
      });
    });
  }
}
