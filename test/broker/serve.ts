/**
 * A broker process for tests that kill it: settings as JSON in the first argument; prints `port
 * <number>` when it listens, then the kind of each event with its round, and stays. With a kind and a
 * count in the next arguments it kills itself at that event.
 */
import { startBroker } from '../../broker/main.js';
import type { FederationEvent } from '../../broker/rounds/event.js';

const early: string[] = []; // said before it listens
let say = (line: string): void => {
  early.push(line);
};

const [settings, fatalKind, fatalCount] = process.argv.slice(2);
let left = Number(fatalCount);

function onEvent(event: FederationEvent): void {
  if (event.kind === fatalKind && --left === 0) process.kill(process.pid, 'SIGKILL');
  say('round' in event ? `${event.kind} ${event.round}` : event.kind);
}

const broker = await startBroker(JSON.parse(settings), { onEvent, log: () => {} });
say = (line) => console.log(line);
for (const line of [`port ${broker.port}`, ...early]) say(line);
