import { noClickState, type StartMacroTask } from '../../local/phone/click-state.ts';
import type { Wx } from '../../miniprogram/src/index.ts';
import { createSubscribeAfter } from './built.ts';
import { allOf, Phone } from './phone.ts';

interface Callbacks {
  success?(answer: unknown): void;
  fail?(failure: unknown): void;
  complete?(result: unknown): void;
}
type Call = (options?: Callbacks) => unknown;

/** What a call comes to: it succeeds with an answer, or fails. */
type Result = { readonly answer: object } | { readonly errMsg: string };

/** What opens something of WeChat's, and so needs a tap. */
const OPENS: ReadonlySet<string> = new Set(['openSetting', 'requestSubscribeDeviceMessage']);

const macroTask: StartMacroTask = setImmediate;

/**
 * A phone on which each callback of WeChat's is a macro task of its own, with or without the click state, as its platform
 * has it. `results` says what each call comes to.
 */
export class ClickPhone extends Phone {
  readonly results: Record<string, Result> = {
    request: { answer: { statusCode: 200, data: {} } },
    downloadFile: { answer: { statusCode: 200, tempFilePath: 'wxfile://a' } },
    showModal: { answer: { confirm: true, cancel: false } },
    showActionSheet: { answer: { tapIndex: 0 } },
    requestPayment: { answer: {} },
    requestOrderPayment: { answer: {} },
    openSetting: { answer: {} },
    requestSubscribeDeviceMessage: { answer: { a: 'accept' } },
    login: { answer: { code: 'code' } },
  };
  /** What was called, in order. */
  readonly calls: string[] = [];

  constructor(platform: string) {
    super();
    this.platform = platform;
    this.popup = allOf(['a', 'b']);
  }

  /** The mini program with what asks after other calls, and the `wx` that its pages have. */
  open() {
    const wx = this.#withClicks({ ...this.wx({ alive: true }), ...this.#others() });
    const qingniao = this.launch({ wx: wx as unknown as Wx });
    return { wx, qingniao, after: createSubscribeAfter({ wx, qingniao }) };
  }

  /** A timer of the page's. */
  readonly setTimeout = (callback: () => void): void => {
    macroTask(() => this.clicks.run('timer', callback));
  };

  #others(): Record<string, Call> {
    return Object.fromEntries(
      Object.entries(this.results).map(([name]) => [
        name,
        (options: Callbacks = {}) => {
          this.calls.push(name);
          const broken = OPENS.has(name) ? this.clicks.use() : undefined;
          const result = broken ? noClickState(name, broken) : this.results[name]!;
          if ('answer' in result) options.success?.({ errMsg: `${name}:ok`, ...result.answer });
          else options.fail?.(result);
        },
      ]),
    );
  }

  #withClicks(wx: object): Record<string, Call> {
    const wrapped = [...Object.keys(this.results), 'getSetting', 'requestSubscribeMessage'];
    return Object.fromEntries(
      Object.entries(wx as Record<string, Call>).map(([name, call]) => [
        name,
        wrapped.includes(name) ? this.#wrap(name, call) : call,
      ]),
    );
  }

  /** Calls back in macro tasks; without callbacks a call gives a promise, as WeChat's do. */
  #wrap(name: string, call: Call): Call {
    const start = (options: Callbacks) => {
      const clickIn = this.clicks.after(name);
      const back = (kind: 'success' | 'fail') => (result: unknown) =>
        macroTask(() =>
          this.clicks.run(clickIn(kind), () => {
            options[kind]?.(result);
            options.complete?.(result);
          }),
        );
      call({ ...options, success: back('success'), fail: back('fail') });
    };
    return (options = {}) => {
      if (options.success || options.fail || options.complete) return start(options);
      return new Promise((success, fail) => start({ ...options, success, fail }));
    };
  }
}
