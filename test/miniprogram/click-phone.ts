import { noClickState } from '../../local/phone/click-state.ts';
import type { Wx } from '../../miniprogram/src/index.ts';
import { createSubscribeAfter } from './built.ts';
import { allOf, Phone } from './phone.ts';
import { type Call, macroTask, withClicks } from './with-clicks.ts';

/** What a call comes to: it succeeds with an answer, or fails. */
type Result = { readonly answer: object } | { readonly errMsg: string };

/** What opens something of WeChat's, and so needs a tap. */
const OPENS: ReadonlySet<string> = new Set(['openSetting', 'requestSubscribeDeviceMessage']);

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
    const names = [...Object.keys(this.results), 'getSetting', 'requestSubscribeMessage'];
    const wx = withClicks({ ...this.wx({ alive: true }), ...this.#others() }, this.clicks, names);
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
        (options = {}) => {
          this.calls.push(name);
          const broken = OPENS.has(name) ? this.clicks.use() : undefined;
          const result = broken ? noClickState(name, broken) : this.results[name]!;
          if ('answer' in result) options.success?.({ errMsg: `${name}:ok`, ...result.answer });
          else options.fail?.(result);
        },
      ]),
    );
  }
}
