import { type ClickRule, HOW_TO_WRITE } from './click-rules.ts';

/** What one tap gives: a call that opens something of WeChat's uses it up (WeChat contract §7.1). */
export interface Click {
  isUsed: boolean;
}

/** Runs a callback as a macro task of its own. */
export type StartMacroTask = (task: () => void) => unknown;

/** These pass the click state that they were called with on to all their callbacks. */
const CARRIES: ReadonlySet<string> = new Set(['request', 'downloadFile', 'getSetting']);
/** The user's answer to these is a click of its own: a dialog's in `success`, a payment's in every callback. */
const DIALOGS: ReadonlySet<string> = new Set(['showModal', 'showActionSheet']);
const PAYMENTS: ReadonlySet<string> = new Set(['requestPayment', 'requestOrderPayment']);

/**
 * The click state of a phone, as WeChat documents it: a tap's handler has it for its macro task, and some calls pass it
 * on. Promises keep it within the macro task on Android; on iOS they lose it, because WeChat replaces them there.
 */
export class ClickState {
  #now: Click | ClickRule = 'no-tap';
  #tasks = 0;
  readonly #platform: () => string;
  readonly #startMacroTask: StartMacroTask;

  /** `platform` is `ios`, or any other, where promises keep the state. */
  constructor(platform: () => string, startMacroTask: StartMacroTask = (task) => setTimeout(task, 0)) {
    this.#platform = platform;
    this.#startMacroTask = startMacroTask;
  }

  /** Runs the handler of a tap. */
  tap<T>(handler: () => T): T {
    return this.run({ isUsed: false }, handler);
  }

  /** Runs a callback, as a macro task of its own would, with a click state or with the reason why it has none. */
  run<T>(start: Click | ClickRule, task: () => T): T {
    this.#tasks += 1;
    const number = this.#tasks;
    this.#now = start;
    this.#startMacroTask(() => {
      if (number === this.#tasks) this.#now = 'no-tap';
    });
    try {
      return task();
    } finally {
      if (typeof start !== 'string' && this.#platform() === 'ios') this.#now = 'promise';
    }
  }

  /** Uses the click state up, for a call that needs one; gives the rule that was broken where there is none. */
  use(): ClickRule | undefined {
    const now = this.#now;
    if (typeof now === 'string') return now;
    if (now.isUsed) return 'used';
    now.isUsed = true;
    return undefined;
  }

  /** What the callbacks of a call will have; to be asked at the moment of the call. */
  after(call: string): (callback: 'success' | 'fail') => Click | ClickRule {
    if (PAYMENTS.has(call)) return () => ({ isUsed: false });
    if (DIALOGS.has(call)) return (callback) => (callback === 'success' ? { isUsed: false } : 'not-carried');
    const now = this.#now;
    if (!CARRIES.has(call)) return () => 'not-carried';
    return () => (typeof now !== 'string' && now.isUsed ? 'used' : now);
  }
}

/** What a call without a click state fails with: WeChat's own words, the rule that was broken and how to write it. */
export function noClickState(call: string, rule: ClickRule): { readonly errMsg: string } {
  const { en, zh } = HOW_TO_WRITE[rule];
  return { errMsg: `${call}:fail can only be invoked by user TAP gesture. [${rule}] ${zh} ${en}` };
}
