/**
 * `sparrow broker`: a broker for a room of real boards. Flags become settings here and nothing
 * else; how data sets and recipes are named, and how a person is told, is handed in.
 * @module
 */
import { Command, InvalidArgumentError } from 'commander';
import type { Shard } from '../shared/data/example-set.js';
import type { ModelDescription } from '../shared/model/description.js';
import type { Recipe } from '../shared/model/recipe.js';
import { MQTT_PORT, MQTTS_PORT } from '../shared/protocol/service.js';
import type { WindowFormat } from '../shared/protocol/windows.js';
import { Announcement } from './discovery/announcement.js';
import { type BrokerSettings, type Listeners, type RunningBroker, startBroker } from './main.js';
import type { DealSource } from './rounds/dealer.js';
import type { FederationSummary, RoundSummary } from './rounds/event.js';

/** What a name on the command line stands for. */
export interface TaskParts {
  readonly task: string;
  readonly description: ModelDescription;
  readonly testSet?: Shard;
  readonly live?: WindowFormat; // boards learn from their sensors
}

/** How examples are dealt to boards. */
export interface DealOptions {
  readonly partition?: string;
  readonly clients: number;
  readonly seed: number;
}

export interface CommandParts {
  /** Adds the options that name a recipe. */
  addRecipeOptions(command: Command): Command;
  recipeFrom(options: object): Recipe;
  /** @throws RangeError in one line when there is no such data set or description */
  loadTask(data: string, describe: string | undefined): TaskParts;
  /** @throws RangeError in one line when there is no such live task or description */
  loadLive(name: string, describe: string | undefined): TaskParts;
  /** @throws RangeError in one line when it cannot be dealt so */
  loadDeal(data: string, options: DealOptions): DealSource;
  readonly listeners: Listeners;
  onListening(broker: RunningBroker, settings: BrokerSettings): void;
  onFinished(summary: FederationSummary, last: RoundSummary | undefined): void;
}

interface Options {
  readonly data: string;
  readonly describe?: string;
  readonly task?: string;
  readonly seed: number;
  readonly model?: string;
  readonly folder: string;
  readonly host?: string;
  readonly port: number;
  readonly plain: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsPort?: number;
  readonly live?: string;
  readonly deal?: string | boolean;
  readonly partition?: string;
  readonly clients?: number;
  readonly cohort: number;
  readonly goal?: number;
  readonly minimum?: number;
  readonly deadline: number;
  readonly gather: number;
  readonly maxDevices: number;
  readonly twins: boolean;
  readonly announce: boolean;
}

export function brokerCommand(parts: CommandParts): Command {
  const command = new Command('broker')
    .description('start a broker and lead a room of boards through the rounds')
    .option('--data <name>', 'data set of the task, for the model and the test set', 'digits')
    .option('--describe <file>', 'JSON description of the model; the data set decides when left out')
    .option('--task <name>', 'name in the topics; that of the data set when left out')
    .option('--seed <n>', 'seed of the federation', integer, 1)
    .option('--model <file>', 'checkpoint to start from')
    .option('--folder <path>', 'data folder: database and models', 'sparrow-data')
    .option('--host <address>', 'address to listen on; all when left out')
    .option('--port <n>', 'MQTT port, 0 = any free one', integer, MQTT_PORT)
    .option('--tls-cert <file>', 'certificate in PEM, with those up to its authority: TLS, too')
    .option('--tls-key <file>', 'its private key in PEM')
    .option('--tls-port <n>', `port for TLS, ${MQTTS_PORT} when left out; 0 = any free one`, integer)
    .option('--no-plain', 'nothing but TLS')
    .option(
      '--live <name>',
      '`motion`, `sound` or a JSON file: boards learn from windows of their sensors, not --data',
    )
    .option('--deal [name]', 'deal a data set to boards without examples; that of --data when left out')
    .option('--partition <how>', 'deal: natural, iid, dirichlet:<alpha> or shards:<per client>')
    .option('--clients <n>', 'deal: parts, one for each board; the cohort when left out', integer)
    .option('--cohort <n>', 'boards per round', integer, 20)
    .option('--goal <n>', 'reports that end a round; the cohort when left out', integer)
    .option(
      '--minimum <n>',
      'reports without which a round is abandoned; half the goal when left out',
      integer,
    )
    .option('--deadline <seconds>', 'end of a round whatever has been reported, 0 = none', integer, 300)
    .option('--gather <seconds>', 'wait for boards before the minimum is enough, 0 = for ever', integer, 20)
    .option('--twins', 'let observers hear what a board sends up, for a twin of it', false)
    .option('--max-devices <n>', 'boards that may register', integer, 10_000)
    .option('--no-announce', 'do not tell the local network where the broker is');
  return parts.addRecipeOptions(command).action((options: Options) => run(options, parts));
}

/** The settings that the flags stand for; ranges are checked where the settings are used. */
export function settingsFrom(options: Options, parts: CommandParts): BrokerSettings {
  const { task, description, testSet, live } =
    options.live === undefined
      ? parts.loadTask(options.data, options.describe)
      : parts.loadLive(options.live, options.describe);
  const goal = options.goal ?? options.cohort;
  return {
    task: options.task ?? task,
    taskSeed: options.seed,
    recipe: parts.recipeFrom(options),
    description,
    modelPath: options.model,
    folder: options.folder,
    host: options.host,
    port: options.plain ? options.port : undefined,
    tls: tlsFrom(options),
    testSet,
    cohort: options.cohort,
    goal,
    minimum: options.minimum ?? Math.ceil(goal / 2),
    deadlineMs: options.deadline * 1000,
    gatherMs: options.gather * 1000,
    maxDevices: options.maxDevices,
    live,
    deal: dealFrom(options, parts),
    hearUpdates: options.twins,
  };
}

function dealFrom(options: Options, parts: CommandParts): DealSource | undefined {
  const { deal, data, partition, clients, cohort, seed } = options;
  if (deal !== undefined && deal !== false) {
    return parts.loadDeal(deal === true ? data : deal, { partition, clients: clients ?? cohort, seed });
  }
  if (partition === undefined && clients === undefined) return undefined;
  throw new RangeError('--partition and --clients, expected only with --deal');
}

function tlsFrom({ tlsCert, tlsKey, tlsPort, plain }: Options): BrokerSettings['tls'] {
  if (tlsCert !== undefined && tlsKey !== undefined) {
    return { cert: tlsCert, key: tlsKey, port: tlsPort ?? MQTTS_PORT };
  }
  if (tlsCert !== undefined || tlsKey !== undefined || tlsPort !== undefined || !plain) {
    throw new RangeError('TLS, expected both --tls-cert and --tls-key');
  }
  return undefined;
}

async function run(options: Options, parts: CommandParts): Promise<void> {
  const settings = settingsFrom(options, parts);
  const broker = await startBroker(settings, parts.listeners);
  // A broker for one address alone is not for a room: nobody needs to find it.
  const announcement =
    options.announce && settings.host === undefined
      ? new Announcement({
          task: settings.task,
          port: broker.port,
          tlsPort: broker.tlsPort,
          onError: (reason) => parts.listeners.log(`not announced on the network: ${reason}`),
        })
      : undefined;
  let isStopped = false;
  const stop = () => {
    isStopped = true;
    void broker.close();
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    parts.onListening(broker, settings);
    const summary = await broker.finished;
    await broker.close(); // before the summary, so that nothing is told after it
    parts.onFinished(summary, broker.coordinator.committed.at(-1));
  } catch (error) {
    if (!isStopped) throw error; // a person who stops it goes on later, from the data folder
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await announcement?.close();
    await broker.close();
  }
}

function integer(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value)) throw new InvalidArgumentError('Expected an integer.');
  return value;
}
