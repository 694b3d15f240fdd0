/**
 * A broker process for tests that kill it: settings as JSON in the first argument; prints `port
 * <number>` when it listens, then the kind of an event with its round, or `log <line>`, and stays.
 * With a kind and a count in the next arguments it kills itself at that event. It answers any message
 * with the memory that it uses.
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
  if (event.kind === 'device' || event.kind === 'metrics') return; // too many when a client floods
  say('round' in event ? `${event.kind} ${event.round}` : event.kind);
}

const broker = await startBroker(JSON.parse(settings), { onEvent, log: (line) => say(`log ${line}`) });
process.on('message', () => process.send?.(process.memoryUsage.rss()));
say = (line) => console.log(line);
for (const line of [`port ${broker.port}`, ...early]) say(line);
