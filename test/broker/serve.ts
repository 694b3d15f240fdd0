/**
 * A broker process for tests that kill it: settings as JSON in the first argument; prints
 * `port <number>` when it listens and `finished` after its last round, and stays.
 */
import { startBroker } from '../../broker/main.js';

const broker = await startBroker(JSON.parse(process.argv[2]), { onEvent: () => {}, log: () => {} });
console.log(`port ${broker.port}`);
await broker.finished;
console.log('finished');
