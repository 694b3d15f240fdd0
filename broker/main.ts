/**
 * One broker process: data folder, coordinator and MQTT server, wired together.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Shard } from '../shared/data/example-set.js';
import { boardProfile } from '../shared/model/boards.js';
import { formatDescription, type ModelDescription } from '../shared/model/description.js';
import { initialModel } from '../shared/model/initial.js';
import { layoutOf } from '../shared/model/layout.js';
import { checkMemory, memoryOf } from '../shared/model/memory.js';
import type { Model } from '../shared/model/model.js';
import { planTraining, powerOf } from '../shared/model/training.js';
import { isTaskName } from '../shared/protocol/device.js';
import { formatVersion } from '../shared/protocol/firmware.js';
import { decodeModel, encodeModel } from '../shared/protocol/model.js';
import { maxUpdateBytes } from '../shared/protocol/update.js';
import { checkWindows, type WindowFormat } from '../shared/protocol/windows.js';
import { evaluateModel } from './evaluation/evaluation.js';
import { MqttBroker } from './mqtt/broker.js';
import { type CredentialFiles, readCredentials } from './mqtt/credentials.js';
import { publishFirmware } from './mqtt/firmware.js';
import { dataGatewayTo, gatewayTo } from './mqtt/gateway.js';
import { Coordinator } from './rounds/coordinator.js';
import { Dealer, type DealSource } from './rounds/dealer.js';
import type { FederationEvent, FederationSummary } from './rounds/event.js';
import { formatText, Live } from './rounds/live.js';
import type { Clock, Score } from './rounds/ports.js';
import type { RoundSettings } from './rounds/settings.js';
import { FirmwareFolder } from './storage/firmware.js';
import { hashFrame } from './storage/hash.js';
import { LabelFolder } from './storage/labels.js';
import { FolderStore } from './storage/store.js';

export interface BrokerSettings extends RoundSettings {
  readonly task: string; // 1 to 32 of a-z, 0-9 and -
  readonly description: ModelDescription;
  readonly modelPath?: string; // checkpoint to begin with, else fresh weights from the task seed
  readonly folder: string; // data folder, made where there is none
  readonly host?: string; // address to listen on, all when absent
  readonly port?: number; // 0 = any free one; none but that for TLS when absent
  readonly tls?: CredentialFiles & { readonly port: number }; // none but the plain port when absent
  readonly testSet?: Shard; // examples that no board has
  readonly deal?: DealSource; // examples for boards that have none of their own
  readonly live?: WindowFormat; // boards learn from their sensors, cut so
  readonly hearUpdates?: boolean; // lets observers hear what a device sends up, for its twin
  readonly board?: { readonly name: string; readonly examples: number }; // the smallest that must bear the model
}

export interface RunningBroker {
  readonly port: number; // the plain one; that for TLS where there is no other
  readonly tlsPort?: number;
  readonly coordinator: Coordinator;
  readonly live?: Live; // where boards learn from their sensors
  /** Resolves after the last round; rejects when the data folder fails or the broker is closed before. */
  readonly finished: Promise<FederationSummary>;
  /** Leaves an open round for the next start. Safe to call twice. */
  close(): Promise<void>;
}

export interface Listeners {
  onEvent(event: FederationEvent): void;
  /** One line per refused or cut connection. */
  log(line: string): void;
}

const systemClock: Clock = {
  nowMs: () => performance.now(),
  dateMs: () => Date.now(),
  after(delayMs, callback) {
    if (delayMs === 0) {
      const next = setImmediate(callback);
      return { cancel: () => clearImmediate(next) };
    }
    const timer = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Evaluation sums losses in 2^-10 octaves. */
const OCTAVE = 1024;
/** Enough for retained model, plan and verdicts of the smallest model. */
const MIN_QUEUED_BYTES = 262_144;
/** Model frames that may wait for one board before it is cut. */
const QUEUED_MODELS = 4;
/** Clients beyond the registered devices: observers, and boards that may not register any more. */
const SPARE_CLIENTS = 64;

/**
 * @throws Error or RangeError in one line for what an operator can put right: port in use, folder
 *   of another federation or in use, a model file that does not fit, settings out of range
 */
export async function startBroker(settings: BrokerSettings, listeners: Listeners): Promise<RunningBroker> {
  const { task, taskSeed, description, folder, testSet, modelPath } = settings;
  if (!isTaskName(task)) throw new RangeError(`task "${task}", expected 1 to 32 of a-z, 0-9 and -`);
  if (settings.port === undefined && settings.tls === undefined) {
    throw new RangeError('no port, expected a plain one or one for TLS');
  }
  if (settings.port !== undefined) checkPort(settings.port);
  if (settings.tls !== undefined) checkPort(settings.tls.port);
  const context = settings.tls && readCredentials(settings.tls, systemClock.dateMs());
  checkTestSet(settings);
  checkData(settings);
  checkBoard(settings);
  const initial =
    modelPath === undefined
      ? initialModel(description, taskSeed, powerOf(settings.recipe))
      : loadModel(modelPath, description);
  const initialFrame = encodeModel(initial);
  const store = new FolderStore(folder, {
    task,
    taskSeed,
    description: formatDescription(description),
    preset: settings.recipe.preset,
    density: settings.recipe.density,
    power: settings.recipe.power,
    windows: settings.live && formatText(settings.live),
    initialHash: modelPath === undefined ? undefined : hashFrame(initialFrame),
  });
  const mqtt = new MqttBroker(
    {
      task,
      host: settings.host,
      port: settings.port,
      tls: settings.tls && context && { port: settings.tls.port, context },
      maxUpdateBytes: maxUpdateBytes(initial.head.layout),
      hearUpdates: settings.hearUpdates,
      maxClients: settings.maxDevices + SPARE_CLIENTS,
      maxQueuedBytes: Math.max(
        MIN_QUEUED_BYTES,
        QUEUED_MODELS * initialFrame.length + 2 * (settings.deal?.longestBytes ?? 0),
      ),
    },
    listeners.log,
  );
  const end = deferred<FederationSummary>();
  const onEvent = (event: FederationEvent) => {
    listeners.onEvent(event);
    if (event.kind === 'finished') end.resolve(event);
  };
  let stopRounds = () => {};
  try {
    const down = dataGatewayTo(mqtt, task);
    const live =
      settings.live &&
      new Live({
        ...{ format: settings.live, store, publisher: down, most: settings.maxDevices, onEvent },
        onMoments: () => coordinator.lookAgain(),
      });
    const coordinator: Coordinator = new Coordinator(
      settings,
      {
        store,
        publisher: gatewayTo(mqtt, task),
        clock: systemClock,
        hashFrame,
        evaluate:
          testSet && ((...[model, layers, power]) => scoreOf(evaluateModel(model, layers, testSet, power))),
        live,
        onEvent,
        onFailure: end.reject,
      },
      initial,
    );
    stopRounds = () => coordinator.stop();
    const dealer = settings.deal && new Dealer({ source: settings.deal, store, publisher: down, onEvent });
    const ports = await mqtt.listen(coordinator, {
      receiveEnrol: dealer && ((device, frame) => dealer.receiveEnrol(device, frame)),
      receiveMoments: live && ((device, frame) => live.receiveMoments(device, frame)),
      receivePrediction: live && ((device, frame) => live.receivePrediction(device, frame)),
    });
    dealer?.start();
    live?.start();
    coordinator.start();
    const firmware = new FirmwareFolder(join(folder, 'firmware'), {
      onFirmware({ firmware, image }) {
        listeners.log(`firmware ${formatVersion(firmware.version)} for ${firmware.target}`);
        void publishFirmware(mqtt.publisher, task, firmware, image);
      },
      onFault: listeners.log,
    });
    const labels = live && labelsFor(live, folder, listeners.log);
    const stop = async () => {
      labels?.close();
      end.reject(new Error('broker closed, expected to finish its rounds'));
      firmware.close();
      stopRounds();
      await mqtt.close();
      store.close();
    };
    let stopped: Promise<void> | undefined;
    return {
      port: ports.plain ?? ports.tls ?? 0,
      tlsPort: ports.tls,
      coordinator,
      live,
      finished: end.promise,
      close() {
        stopped ??= stop();
        return stopped;
      },
    };
  } catch (error) {
    stopRounds();
    await mqtt.close();
    store.close();
    throw error;
  }
}

function labelsFor(live: Live, folder: string, log: (line: string) => void): LabelFolder {
  return new LabelFolder(join(folder, 'labels'), {
    onLabel({ device, label, seconds }) {
      live.label(device, label, seconds);
      log(
        `${device}: ${label === undefined ? 'no label' : `label ${label}`}${seconds > 0 ? ` for ${seconds} s` : ''}`,
      );
    },
    onFault: log,
  });
}

/** @throws RangeError unless boards either get their examples or make them */
function checkData({ deal, live, description }: BrokerSettings): void {
  if (live === undefined) return;
  checkWindows(live);
  if (deal !== undefined) throw new RangeError('a deal and live windows, expected one of them');
  const { inputs, classes } = layoutOf(description);
  const values = live.steps * live.channels;
  if (inputs !== values || classes !== live.classes || description.input.type !== 'int8') {
    throw new RangeError(
      `model of ${inputs} ${description.input.type} inputs and ${classes} classes, expected ${values} int8 and ${live.classes}`,
    );
  }
}

/** @throws RangeError unless the file is a whole checkpoint of this model */
function loadModel(path: string, description: ModelDescription): Model {
  let model: Model;
  try {
    model = decodeModel(new Uint8Array(readFileSync(path)));
  } catch (error) {
    throw new RangeError(`model file ${path}: ${(error as Error).message}`);
  }
  const found = formatDescription(model.head.description);
  const expected = formatDescription(description);
  if (found !== expected) throw new RangeError(`model file ${path}: ${found}, expected ${expected}`);
  return model;
}

function scoreOf({ count, correct, lossOctaves }: ReturnType<typeof evaluateModel>): Score {
  return { count, correct, loss: (lossOctaves * Math.LN2) / OCTAVE / count };
}

function checkPort(port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`port ${port}, expected an integer from 0 to 65535`);
  }
}

function checkTestSet({ testSet, description }: BrokerSettings): void {
  if (testSet === undefined) return;
  const { inputs, classes } = layoutOf(description);
  if (testSet.features !== inputs || testSet.classes > classes) {
    throw new RangeError(
      `test set of ${testSet.features} features and ${testSet.classes} classes, expected ${inputs} and at most ${classes}`,
    );
  }
}

/** @throws RangeError with the sum, when a round of this model does not fit the board (law 4) */
function checkBoard({ board, description, recipe }: BrokerSettings): void {
  if (board === undefined) return;
  const layout = layoutOf(description);
  const { method, layers } = planTraining(recipe, layout, 1);
  checkMemory(memoryOf(layout, method.batch, layers, board.examples, method), boardProfile(board.name));
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {}); // who does not wait for the end need not handle it
  return { promise, resolve, reject };
}
