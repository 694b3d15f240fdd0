/**
 * Looks for the broker on the local network, by DNS-SD over multicast DNS: the service `_sparrow._tcp`
 * with the board's task in its TXT record.
 * Sources: RFC 6762, RFC 6763; `broker/discovery` announces it.
 * @module
 */
import UDP from 'embedded:io/socket/udp';
import DNSSD from 'embedded:network/dnssd';
import { reasonOf } from '../../../federation/guard.js';
import type { Clock, Log } from '../../ports.js';
import type { BrokerAddress, Search } from '../network.js';

const SERVICE = '_sparrow._tcp';
const SEARCH_MS = 10_000;

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

export interface DiscoveryOptions {
  readonly task: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** One of the two callbacks follows. @throws Error when there is no socket left */
export function findBroker(
  { task, clock, log }: DiscoveryOptions,
  onFound: (broker: BrokerAddress) => void,
  onFailed: (reason: string) => void,
): Search {
  const socket = { io: GuardedUdp, log };
  const dnssd = new DNSSD({ socket });
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    timer.cancel();
    clock.after(0, () => dnssd.close()); // not from within its own callback
  };
  const timer = clock.after(SEARCH_MS, () => {
    end();
    onFailed(`no ${SERVICE} with task=${task} answered in ${SEARCH_MS} ms`);
  });
  dnssd.discover({
    serviceType: SERVICE,
    onFound: ({ address, port, txt }) => {
      if (isOver || txt?.get('task') !== task) return;
      end();
      onFound({ address, port });
    },
  });
  return { cancel: end };
}
