/**
 * The light that a board has: a strip or matrix of coloured LEDs, the LED of the SDK's `Host`, or a pin of its
 * provider. Many boards have none.
 * @module
 */
import config from 'mc/config';
import { reasonOf } from '../../../federation/guard.js';
import type { Log } from '../../ports.js';
import type { Lamp } from '../light.js';

/** The SDK's NeoPixel, and its `Host.LED` on boards whose LED is one. */
interface Pixels {
  brightness: number;
  fill(colour: number): void;
  makeRGB(red: number, green: number, blue: number): number;
  update(): void;
}

interface Led {
  write(value: 0 | 1): void;
}

/** What the SDK puts into the global scope of a board; each part may be missing. */
interface BoardGlobals {
  readonly lights?: Pixels;
  readonly Host?: { readonly LED?: { readonly Default?: new (options: object) => Led | (Led & Pixels) } };
  readonly device?: {
    readonly pin?: { readonly led?: number };
    readonly io?: { readonly Digital?: DigitalClass };
  };
}

interface DigitalClass {
  new (options: { readonly pin: number; readonly mode: number }): Led;
  readonly Output: number;
}

/** Of 255: a matrix at full light blinds, and takes more than a USB socket gives. */
const BRIGHTNESS = 16;

/** @returns undefined where there is none, or where it cannot be had: a line says why then */
export function openLamp(log: Log): Lamp | undefined {
  const scope = globalThis as unknown as BoardGlobals;
  try {
    if (scope.lights !== undefined) return pixelLamp(scope.lights);
    const LED = scope.Host?.LED?.Default;
    if (LED !== undefined) {
      const led = new LED({});
      return 'makeRGB' in led ? pixelLamp(led) : ledLamp(led, false);
    }
    const pin = scope.device?.pin?.led;
    const Digital = scope.device?.io?.Digital;
    if (pin === undefined || Digital === undefined) return undefined;
    return ledLamp(new Digital({ pin, mode: Digital.Output }), config.lamp === 'low');
  } catch (error) {
    log.line(`no light: ${reasonOf(error)}`);
    return undefined;
  }
}

function pixelLamp(pixels: Pixels): Lamp {
  pixels.brightness = BRIGHTNESS;
  return {
    show(colour) {
      pixels.fill(pixels.makeRGB(colour >> 16, (colour >> 8) & 255, colour & 255));
      pixels.update();
    },
  };
}

/** @param isInverted it shines when its pin is low */
function ledLamp(led: Led, isInverted: boolean): Lamp {
  return {
    show(colour) {
      led.write((colour !== 0) === isInverted ? 0 : 1);
    },
  };
}
