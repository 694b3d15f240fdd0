/**
 * The sensors of a board: the accelerometer where the SDK's target has one and our part of the manifest says how many
 * steps make 1 g, and the microphone where our part includes the SDK's audio input.
 * @module
 */
import config from 'mc/config';
import Modules from 'modules';
import { reasonOf } from '../../../federation/guard.js';
import type { Clock, Log, Sensor } from '../../ports.js';
import { Accelerometer, type Imu } from '../accelerometer.js';
import { type AudioIn, openMicrophone } from '../microphone.js';

/** What the SDK puts into the global scope of a board; each part may be missing. */
interface BoardGlobals {
  readonly device?: { readonly sensor?: { readonly IMU?: new (options: object) => Imu } };
}

const HERTZ = 50;
const AUDIO = 'embedded:io/audio/in';

/** Those that there are. */
export function openSensors(clock: Clock, log: Log): Sensor[] {
  const microphone = Modules.has(AUDIO)
    ? openMicrophone(Modules.importNow(AUDIO) as AudioIn, clock, log)
    : undefined;
  return [openAccelerometer(clock, log), microphone].filter((sensor) => sensor !== undefined);
}

/** @returns undefined where there is none, or where it cannot be had: a line says why then */
function openAccelerometer(clock: Clock, log: Log): Sensor | undefined {
  const IMU = (globalThis as unknown as BoardGlobals).device?.sensor?.IMU;
  if (IMU === undefined || config.accelerometer === undefined) return undefined;
  try {
    const [steps, hertz] = [Number(config.accelerometer), Number(config.hertz ?? HERTZ)];
    return new Accelerometer({ imu: new IMU({}), steps, hertz, clock, log });
  } catch (error) {
    log.line(`no accelerometer: ${reasonOf(error)}`);
    return undefined;
  }
}
