import { grantKeyOf } from '../../lib/grants/grant-key.ts';
import type { SendAnswer } from '../../lib/sends/judge-answer.ts';
import type { OutgoingMessage } from '../../lib/sends/send-port.ts';
import type { FetchToken } from '../../lib/token/access-token-store.ts';
import type { PlanCall } from './call-plans.ts';
import type { Process, Processes } from './processes.ts';
import type { Pushes } from './pushes.ts';
import { createWeChatTokens, type WeChatTokenOptions } from './wechat-tokens.ts';

import { DEVICES } from './workload.ts';

/** One request that left for WeChat. */
export interface WeChatRequest {
  /** The message, or the run and its recipient, that it was made for. */
  readonly sendId: string;
  readonly openid: string;
  readonly templateId: string;
  /** The key of the grant that it needs: the template, and the device where it is about one. */
  readonly grant: string;
  /** The value that a frequency-limited template counts by. */
  readonly value: string | undefined;
  readonly leftAtMs: number;
  /** When its answer comes, or the sender gives it up. */
  readonly endsAtMs: number;
  /** What WeChat made of it; undefined while it is on its way. */
  truth?: 'accepted' | 'refused';
  /** What the sender learnt; undefined while it waits, and for ever if it died. */
  told?: 'accepted' | 'refused' | 'unknown';
  errcode?: number;
  msgid?: string;
  /** What the sent event says, where there are events. */
  receipt?: { readonly errcode: number; readonly atMs: number; readonly msgid?: string };
}

/** The way to one account of one function. */
export interface SimulatedCalls {
  readonly fetchToken: FetchToken;
  /** A sender begins with a send: what its requests may take is counted from here. */
  begin(message: OutgoingMessage): void;
  send(accessToken: string, message: OutgoingMessage): Promise<SendAnswer>;
}

/** The WeChat account of one app, with its own count of what each user allowed. */
export interface SimulatedWeChat {
  readonly requests: readonly WeChatRequest[];
  callsOf(process: Process): SimulatedCalls;
  /** Whether the last call for this send was refused for its token, so that it may be made again. */
  isTokenRefused(sendId: string): boolean;
  /** Whether the account gave this token out, be it long ago. */
  isOwnToken(accessToken: string): boolean;
  /** The user answered the panel with accept, for a template or for a device and its template. */
  allow(openid: string, grant: string): void;
  /** The panel was shown and answered. */
  answered(openid: string, results: Readonly<Record<string, string>>): void;
  /** The user turned the template off for good. */
  turnOff(openid: string, templateId: string): void;
  /** Another system used up grants. */
  take(openid: string, templateId: string, howMany: number): void;
}

/** What an account is built on, and who wants to know of its requests. */
export interface WeChatOptions extends WeChatTokenOptions {
  readonly processes: Processes;
  readonly plan: PlanCall;
  /** Accepts without counting: a second send of one grant is then not refused by WeChat itself. */
  readonly generous: boolean;
  readonly isSubscription: (grant: string) => boolean;
  readonly isLimited: (templateId: string) => boolean;
  /**
   * How far clocks may be apart; the kernel's leases leave room for that only in so far as requests take
   * less.
   */
  readonly skewMs: number;
  /** Scripted answers, taken before chance is asked. */
  readonly script: number[];
  readonly leaving: (request: WeChatRequest, accessToken: string) => void;
  readonly accepted: (request: WeChatRequest) => void;
  /** Whether a send is answered with a msgid. */
  readonly answersMsgid: boolean;
  /** Absent where none are configured. */
  readonly pushes: Pushes | undefined;
}

/** What a frequency-limited template answers over its rate; nobody knows WeChat's own errcode. */
export const OVER_RATE = 99_998;

/** Refusals whatever WeChat's own count says (WeChat contract §3.3, §9.1), and a code that nobody knows. */
const REFUSALS = [
  43101, 43101, 43107, 45011, 45009, -1, -1, 43108, 47003, 40001, 48001, 48004, 50002, 40013, 45002, 99999,
];

/** What is wrong with every send while WeChat is broken down so. */
const BROKEN_DOWN = { frozen: 48004, quota: 45009 };

const GIVE_UP_MS = 10_000;
/** Getting a token, a request and its repeat take no longer together. */
const REQUEST_LIMIT_MS = 35_000;
/** WeChat's refusals of a token: the call is made again with another. */
const TOKEN_REFUSALS: readonly number[] = [40001, 42001, 40014];

/** An account at a WeChat that answers late, wrongly, twice as slowly or not at all, as chance has it. */
export function createWeChat(options: WeChatOptions): SimulatedWeChat {
  const { scheduler, chance, faults, plan, trace } = options;
  const requests: WeChatRequest[] = [];
  const allowed = new Map<string, number>();
  const tokens = createWeChatTokens(options);
  const keyOf = (openid: string, grant: string) => `${openid} ${grant}`;
  /** Values that a limited template has been sent with in this period, which outlasts the world. */
  const usedUp = new Set<string>();

  function decide(request: WeChatRequest): number {
    const { openid, templateId, grant, value, leftAtMs } = request;
    const scripted = options.script.shift();
    const overlaps = requests.some(
      (other) => other !== request && other.openid === openid && other.endsAtMs > leftAtMs && !other.told,
    );
    const left = allowed.get(keyOf(openid, grant)) ?? 0;
    const { refusal, breakdown } = faults();
    if (breakdown === 'frozen' || breakdown === 'quota') return BROKEN_DOWN[breakdown];
    if (scripted !== undefined && scripted !== 0) return scripted;
    if (overlaps) return 43108;
    if (scripted === undefined && refusal > 0 && chance.happens(refusal)) return chance.pick(REFUSALS);
    if (left <= 0 && !options.generous) return 43101;
    const rated = `${keyOf(openid, grant)} ${value}`;
    if (options.isLimited(templateId) && usedUp.has(rated)) return OVER_RATE;
    usedUp.add(rated);
    if (!options.isSubscription(grant)) allowed.set(keyOf(openid, grant), left - 1);
    return 0;
  }

  function send(
    process: Process,
    accessToken: string,
    message: OutgoingMessage & { readonly id?: string },
    untilMs: number,
  ): Promise<SendAnswer> {
    return new Promise((resolve) => {
      if (!process.alive) return;
      const { crash } = plan('send');
      if (crash === 'before') return process.crash('before send');
      const finish = (ms: number, answer: () => SendAnswer) =>
        scheduler.after(ms, () => {
          if (!process.alive) return;
          scheduler.wake();
          resolve(answer());
        });
      const { notReached, noAnswer, slowAnswer, breakdown } = faults();
      if (notReached > 0 && chance.happens(notReached)) {
        const type = chance.happens(0.2) ? 'no-token' : 'not-sent';
        return finish(chance.between(1, 9_000), () => ({ type, reason: 'no connection, or no token' }));
      }
      const { openid, templateId, data } = message;
      // A campaign's request carries no id; its text says which run it belongs to.
      const sendId = message.id ?? `${data['thing1']} ${openid}`;
      const silent = breakdown === 'silent' || (noAnswer > 0 && chance.happens(noAnswer));
      const limitMs = untilMs - scheduler.now() - Math.ceil(2 * options.skewMs);
      const slow = slowAnswer > 0 && chance.happens(slowAnswer);
      const durationMs = silent
        ? chance.pick([Math.min(GIVE_UP_MS, limitMs), 30, limitMs])
        : slow
          ? chance.between(1_000, limitMs)
          : chance.between(20, 300);
      const request: WeChatRequest = {
        sendId,
        openid,
        templateId,
        grant: grantKeyOf(message),
        value: data['thing1'],
        leftAtMs: scheduler.now(),
        endsAtMs: scheduler.now() + durationMs,
      };
      options.leaving(request, accessToken);
      requests.push(request);
      trace(process.name, `request for ${request.sendId} leaves`);
      let errcode = -1;
      const heard = !silent || chance.happens(0.6);
      if (heard) {
        scheduler.after(chance.between(1, durationMs - 1), () => {
          errcode = tokens.refusalOf(accessToken) ?? decide(request);
          request.errcode = errcode;
          request.truth = errcode === 0 ? 'accepted' : 'refused';
          trace('wechat', `decides ${errcode} on ${request.sendId}`);
          if (errcode !== 0) return;
          options.accepted(request);
          request.msgid = String(requests.indexOf(request) + 1);
          options.pushes?.sent(request);
        });
      }
      if (crash === 'after') scheduler.after(durationMs, () => process.crash('after send'));
      finish(durationMs, () => {
        request.told = silent ? 'unknown' : errcode === 0 ? 'accepted' : 'refused';
        trace(process.name, `is told ${silent ? 'nothing' : errcode} of ${request.sendId}`);
        if (silent) return { type: 'no-answer', reason: 'time-out' };
        const named = options.answersMsgid && request.msgid !== undefined;
        return {
          type: 'answered',
          errcode,
          errmsg: errcode === 0 ? 'ok' : 'refused',
          ...(named && { msgid: request.msgid! }),
        };
      });
    });
  }

  function isTokenRefused(sendId: string): boolean {
    const last = requests.findLast((request) => request.sendId === sendId);
    return last?.errcode !== undefined && TOKEN_REFUSALS.includes(last.errcode);
  }

  return {
    requests,
    isTokenRefused,
    isOwnToken: tokens.isOwn,
    callsOf(process) {
      const untilMs = new WeakMap<OutgoingMessage, number>();
      return {
        async fetchToken({ forceRefresh }) {
          const answer = await options.processes.call(process, 'fetch token', () =>
            tokens.fetch(forceRefresh),
          );
          if ('errcode' in answer) throw answer;
          return answer;
        },
        begin: (message) => void untilMs.set(message, scheduler.now() + REQUEST_LIMIT_MS),
        send: (accessToken, message) => send(process, accessToken, message, untilMs.get(message)!),
      };
    },
    allow: (openid, grant) => {
      allowed.set(keyOf(openid, grant), (allowed.get(keyOf(openid, grant)) ?? 0) + 1);
    },
    answered: (openid, results) => options.pushes?.answered(openid, results),
    turnOff(openid, templateId) {
      for (const grant of [templateId, ...DEVICES.map((device) => grantKeyOf({ templateId, device }))])
        allowed.set(keyOf(openid, grant), 0);
      options.pushes?.turnedOff(openid, templateId);
    },
    take: (openid, templateId, howMany) => {
      const left = allowed.get(keyOf(openid, templateId)) ?? 0;
      allowed.set(keyOf(openid, templateId), Math.max(0, left - howMany));
    },
  };
}
