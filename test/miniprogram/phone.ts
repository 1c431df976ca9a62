import { ClickState, noClickState } from '../../local/phone/click-state.ts';
import type { ApiAnswer, ApiRequest, Qingniao, QingniaoOptions, Wx } from '../../miniprogram/src/index.ts';
import { createQingniao } from './built.ts';

/** What the popup answers: WeChat's words by template, a failure, or nothing at all for a popup that stays open. */
export type Popup =
  | { readonly words: Readonly<Record<string, string>> }
  | { readonly errCode?: number | string; readonly errno?: number | string; readonly errMsg: string }
  | 'stays open';

/** What `wx.getSetting` tells; undefined before base library 2.10.1. */
export type Setting = { mainSwitch: boolean; itemSettings?: Record<string, string> } | undefined;

const ONE_DAY_MS = 86_400_000;

/**
 * A phone with a scripted WeChat and a scripted service. Its storage outlives the mini program: `launch` starts it anew,
 * `kill` ends it, so that nothing it still awaits comes true.
 */
export class Phone {
  baseLibrary = '3.12.1';
  platform = 'ios';
  nowMs = Date.parse('2026-11-23T01:00:00Z');
  /** Whether WeChat takes a call for that of a tap. */
  readonly clicks = new ClickState(() => this.platform, setImmediate);
  online = true;
  /** The service takes a request, and its answer gets lost. */
  losesAnswers = false;
  popup: Popup = { words: {} };
  setting: Setting = { mainSwitch: true };
  /** Set while `getSetting` keeps its caller waiting. */
  settingGate: Promise<void> = Promise.resolve();
  storageFails = false;
  writesFail = false;
  /** What the service answers instead of a success, one request each. */
  readonly refusals: ApiAnswer[] = [];

  readonly storage = new Map<string, unknown>();
  /** What the storage does instead of giving what it holds, one read each of the reports. */
  readonly badReads: ('good' | 'throws' | 'empty' | 'rubbish')[] = [];
  /** The lists of templates that the popup was called with. */
  readonly popups: string[][] = [];
  readonly requests: ApiRequest[] = [];
  readonly notes: string[] = [];
  /** What the service counted, by request id. */
  readonly counted = new Map<string, { results: Record<string, string>; silent?: string[] }>();
  logins = 0;

  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];
  #networkListener: (status: { isConnected: boolean }) => void = () => undefined;
  #life = { alive: true };

  /** Starts the mini program. */
  launch(options: Partial<QingniaoOptions> = {}): Qingniao {
    this.#life = { alive: true };
    return createQingniao({
      wx: this.wx(this.#life),
      transport: { sessions: true, send: (request) => this.serve(request, this.#life) },
      now: () => this.nowMs,
      setTimer: (callback, ms) => this.#timers.push({ dueMs: this.nowMs + ms, callback }),
      note: (text) => this.notes.push(text),
      ...options,
    });
  }

  /** Ends the mini program: no callback of WeChat's and no answer reaches it any more. */
  kill(): void {
    this.#life.alive = false;
  }

  /** Lets time pass: timers that come due call back, and what they lead to comes to rest. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      await rest();
      const [next] = this.#timers.toSorted((one, other) => one.dueMs - other.dueMs);
      if (!next || next.dueMs > untilMs) break;
      this.#timers.splice(this.#timers.indexOf(next), 1);
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      next.callback();
    }
    this.nowMs = untilMs;
  }

  /** Runs a tap handler; WeChat's popup may be asked for only with the click state that this gives. */
  tap<T>(handler: () => T): T {
    return this.clicks.tap(handler);
  }

  comeOnline(): void {
    this.online = true;
    this.#networkListener({ isConnected: true });
  }

  /** The reports that the phone keeps. */
  get kept(): unknown[] {
    return (this.storage.get('qingniao:reports') ?? []) as unknown[];
  }

  paths(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  /** WeChat's side. What its base library does not have yet is left out. */
  wx(life: { alive: boolean }): Wx {
    const has = (version: string) => order(this.baseLibrary) >= order(version);
    const later = (callback: () => void) => queueMicrotask(() => life.alive && callback());
    const system = { SDKVersion: this.baseLibrary, platform: this.platform };
    return {
      ...(has('2.4.4') && {
        requestSubscribeMessage: ({ tmplIds, success, fail }) => {
          this.popups.push(tmplIds);
          const { popup } = this;
          const broken = has('2.8.2') ? this.clicks.use() : undefined;
          if (broken) return later(() => fail(noClickState('requestSubscribeMessage', broken)));
          if (popup === 'stays open') return;
          if ('words' in popup) {
            later(() => success({ errMsg: 'requestSubscribeMessage:ok', ...popup.words }));
          } else later(() => fail(popup));
        },
      }),
      getSetting: ({ success }) => {
        const { setting } = this;
        void this.settingGate.then(() =>
          later(() => success(has('2.10.1') && setting ? { subscriptionsSetting: setting } : {})),
        );
      },
      login: ({ success, fail }) => {
        this.logins += 1;
        const code = `code-${this.logins}`;
        later(() => (this.online ? success({ code }) : fail({ errMsg: 'login:fail' })));
      },
      getStorageSync: (key) => {
        if (this.storageFails) throw new Error('getStorageSync:fail');
        const bad = key.endsWith(':reports') ? this.badReads.shift() : undefined;
        if (bad === 'throws') throw new Error('getStorageSync:fail');
        if (bad && bad !== 'good') return bad === 'empty' ? '' : { errMsg: 'getStorageSync:ok' };
        return structuredClone(this.storage.get(key) ?? '');
      },
      setStorageSync: (key, value) => {
        if (this.storageFails || this.writesFail)
          throw new Error('setStorageSync:fail exceed storage max size');
        this.storage.set(key, structuredClone(value));
      },
      ...(has('2.20.1')
        ? {
            getAppBaseInfo: () => ({ SDKVersion: this.baseLibrary }),
            getDeviceInfo: () => ({ platform: this.platform }),
          }
        : { getSystemInfoSync: () => system }),
      onNetworkStatusChange: (listener) => {
        this.#networkListener = listener;
      },
    };
  }

  /** The service's side. */
  async serve(request: ApiRequest, life = this.#life): Promise<ApiAnswer> {
    if (!this.online) throw new Error('request:fail');
    this.requests.push(structuredClone(request));
    const answer = this.refusals.shift() ?? this.#answer(request);
    if (this.losesAnswers) throw new Error('request:fail timeout');
    return life.alive ? answer : new Promise(() => undefined);
  }

  #answer({ path, body, token }: ApiRequest): ApiAnswer {
    if (path === '/v1/sessions') {
      const expiresAt = new Date(this.nowMs + 7 * ONE_DAY_MS).toISOString();
      return { status: 201, body: { token: `token-${this.logins}`, expiresAt, openid: 'o-user' } };
    }
    if (!token) return { status: 401, body: { code: 'missing-token', detail: 'Log in.' } };
    if (path === '/v1/grants') {
      const { requestId, ...report } = body as { requestId: string; results: Record<string, string> };
      if (!this.counted.has(requestId)) this.counted.set(requestId, report);
      return { status: 200, body: { grants: [] } };
    }
    return { status: 200, body: { items: [] } };
  }
}

function order(version: string): number {
  return version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
}

/** Lets everything that is under way come to rest. */
export async function rest(): Promise<void> {
  for (let i = 0; i < 200; i += 1) await Promise.resolve();
}

/** One answer for each of some templates. */
export function allOf(templateIds: readonly string[], word = 'accept'): Popup {
  return { words: Object.fromEntries(templateIds.map((id) => [id, word])) };
}
