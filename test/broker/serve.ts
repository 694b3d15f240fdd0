/**
 * A broker process for tests that kill it: settings as JSON in the first argument; prints `port
 * <number>` when it listens, then the kind of each event with its round, and stays.
 */
import { startBroker } from '../../broker/main.js';
import type { FederationEvent } from '../../broker/rounds/event.js';

const early: string[] = []; // said before it listens
let say = (line: string): void => {
  early.push(line);
};

function onEvent(event: FederationEvent): void {
  say('round' in event ? `${event.kind} ${event.round}` : event.kind);
}

const broker = await startBroker(JSON.parse(process.argv[2]), { onEvent, log: () => {} });
say = (line) => console.log(line);
for (const line of [`port ${broker.port}`, ...early]) say(line);
