/**
 * The first button of a board, as the SDK has it: `button.a` of M5 boards, or `Host.Button`. Many have none.
 * @module
 */
import { guarded, reasonOf } from '../../../federation/guard.js';
import type { Log } from '../../ports.js';

/** Pulled up: 0 while it is pressed. */
interface M5Button {
  onChanged?: () => void;
  read(): number;
}

interface BoardGlobals {
  readonly button?: { readonly a?: M5Button };
  readonly Host?: { readonly Button?: { readonly Default?: new (options: ButtonOptions) => unknown } };
}

interface ButtonOptions {
  /** @param isPressed 0 or 1 */
  onPush(isPressed: number): void;
}

/** Calls back at each press. */
export function watchButton(onPress: () => void, log: Log): void {
  const { button, Host } = globalThis as unknown as BoardGlobals;
  const press = guarded(log, 'button', onPress);
  try {
    const first = button?.a;
    if (first !== undefined) {
      first.onChanged = () => {
        if (first.read() === 0) press();
      };
    } else if (Host?.Button?.Default !== undefined) {
      new Host.Button.Default({ onPush: (isPressed) => isPressed && press() });
    }
  } catch (error) {
    log.line(`no button: ${reasonOf(error)}`);
  }
}
