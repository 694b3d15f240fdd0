/**
 * Asks the local network for brokers, by DNS-SD over multicast DNS: the service `_sparrow._tcp`. Which of
 * them is taken is decided elsewhere.
 * Sources: RFC 6762, RFC 6763; `broker/discovery` announces it.
 * @module
 */
import UDP from 'embedded:io/socket/udp';
import DNSSD from 'embedded:network/dnssd';
import { SERVICE } from '../../../../shared/protocol/service.js';
import type { Announced } from '../../../discovery/choice.js';
import type { Pending } from '../../../discovery/finder.js';
import { reasonOf } from '../../../federation/guard.js';
import type { Clock, Log } from '../../ports.js';

interface UdpOptions {
  readonly log: Log;
  readonly onReadable: (this: GuardedUdp, count: number) => void;
}

/** A packet that the SDK's parser stumbles over is a line in the log, not a restart of the board. */
class GuardedUdp extends UDP {
  constructor(options: UdpOptions) {
    super({
      ...options,
      onReadable(this: UDP, count: number) {
        try {
          options.onReadable.call(this as GuardedUdp, count);
        } catch (error) {
          options.log.line(`multicast DNS: ${reasonOf(error)}`);
        }
      },
    } as unknown as ConstructorParameters<typeof UDP>[0]);
  }
}

/** Goes on until it is called off. @throws Error when there is no socket left */
export function browse(clock: Clock, log: Log, onService: (service: Announced) => void): Pending {
  const socket = { io: GuardedUdp, log }; // what is not the SDK's goes on to `io`
  const dnssd = new DNSSD({ socket });
  let isOver = false;
  dnssd.discover({
    serviceType: SERVICE,
    onFound: ({ address, port, txt }) => {
      if (!isOver) onService({ address, port, task: txt?.get('task'), tls: txt?.get('tls') });
    },
  });
  return {
    cancel() {
      if (isOver) return;
      isOver = true;
      clock.after(0, () => dnssd.close()); // not from within its own callback
    },
  };
}
