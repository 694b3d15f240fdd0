/**
 * The sensors of a board: its microphone, and the accelerometer where the SDK's target has one and our part of the
 * manifest says how many steps make 1 g.
 * @module
 */
import config from 'mc/config';
import { reasonOf } from '../../../federation/guard.js';
import type { Clock, Log, Sensor } from '../../ports.js';
import { Accelerometer, type Imu } from '../accelerometer.js';
import { openMicrophone } from './microphone.js';

/** What the SDK puts into the global scope of a board; each part may be missing. */
interface BoardGlobals {
  readonly device?: { readonly sensor?: { readonly IMU?: new (options: object) => Imu } };
}

const HERTZ = 50;

/** Those that there are. */
export function openSensors(clock: Clock, log: Log): Sensor[] {
  return [openAccelerometer(clock, log), openMicrophone(clock, log)].filter((sensor) => sensor !== undefined);
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
