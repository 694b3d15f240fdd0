/**
 * Looks for the broker of a task on the local network, as boards do, and takes the one that boards take.
 * Sources: RFC 6762, RFC 6763; `broker/discovery` announces it.
 * @module
 */
import { isIPv4 } from 'node:net';
import Bonjour, { type Service } from 'bonjour-service';
import { choose, type Spot, spotOf, type Wanted } from '../../firmware/discovery/choice.js';
import { SERVICE } from '../../shared/protocol/service.js';

const TYPE = SERVICE.slice(1, -'._tcp'.length);
const SEARCH_MS = 5000;
/** Others may answer a little later than the first. */
const SETTLE_MS = 500;

/** @throws Error in one line when none answers */
export async function searchBroker(wanted: Wanted, searchMs = SEARCH_MS): Promise<Spot> {
  const errors = new Set<string>();
  const bonjour = new Bonjour({}, (error: Error) => errors.add(error.message));
  const spots: Spot[] = [];
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, searchMs);
      bonjour.find({ type: TYPE }, (service) => {
        const spot = spotIn(service, wanted);
        if (spot === undefined) return;
        if (spots.push(spot) > 1) return;
        clearTimeout(timer);
        timer = setTimeout(resolve, SETTLE_MS);
      });
    });
  } finally {
    clearTimeout(timer);
    bonjour.destroy();
  }
  if (spots.length > 0) return choose(spots, 0);
  const kind = `broker of task ${wanted.task}${wanted.isSecure ? ' with TLS' : ''}`;
  const reasons = errors.size > 0 ? ` (${[...errors].join(', ')})` : '';
  throw new Error(`no ${kind} answered in ${searchMs} ms${reasons}, expected one, or --broker <host:port>`);
}

/** A machine has several addresses; that from which it answered leads to it. */
function spotIn({ addresses = [], referer, port, txt }: Service, wanted: Wanted): Spot | undefined {
  const own = addresses.filter((address) => isIPv4(address));
  const from = referer?.address;
  const address = from !== undefined && (own.length === 0 || own.includes(from)) ? from : own[0];
  if (address === undefined || !isIPv4(address)) return undefined;
  const { task, tls } = (txt ?? {}) as { readonly task?: string; readonly tls?: string };
  return spotOf({ address, port, task, tls }, wanted);
}
