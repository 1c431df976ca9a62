import * as v from 'valibot';
import type { CardName, CardReading, PayCheck } from '../cards/card.ts';
import type { CardRequest } from '../cards/deliver-card.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { SendAnswer } from '../sends/judge-answer.ts';
import { expectResult, readSendAnswer } from './read-answer.ts';

/**
 * Changes a service card: `set_user_notify` activates it or moves it on, `set_user_notifyext` gives it further
 * facts (WeChat contract §8.2). One request, and never a rejection for what WeChat or the network does.
 */
export async function changeServiceCard(
  http: HttpClient,
  accessToken: string,
  { change, check, ...card }: CardRequest,
): Promise<SendAnswer> {
  const body =
    change.kind === 'ext'
      ? { ...nameOf(card), ext_json: change.text }
      : { ...nameOf(card), content_json: change.text, ...(check && { check_json: checkJson(check) }) };
  return readSendAnswer(
    await http.request({
      method: 'POST',
      path: change.kind === 'ext' ? '/wxa/set_user_notifyext' : '/wxa/set_user_notify',
      query: { access_token: accessToken },
      body: JSON.stringify(body),
    }),
  );
}

function nameOf({ openid, notifyType, code }: CardName) {
  return { openid, notify_type: notifyType, notify_code: code };
}

function checkJson({ payAmount, payTimeMs, payChannel }: PayCheck): string {
  return JSON.stringify({
    pay_amount: payAmount,
    pay_time: Math.floor(payTimeMs / 1000),
    ...(payChannel !== undefined && { pay_channel: payChannel }),
  });
}

/** The user refuses this code. */
const REFUSED_BY_USER = 10;

const notifyInfo = v.object({
  notify_info: v.object({
    content_json: v.fallback(v.string(), ''),
    code_state: v.fallback(v.number(), 0),
    code_expire_time: v.fallback(v.optional(v.number()), undefined),
  }),
});

/** What WeChat has of a card, `get_user_notify` (WeChat contract §8.2). @throws WeChatError */
export async function readServiceCard(
  http: HttpClient,
  accessToken: string,
  card: CardName,
): Promise<CardReading> {
  const answer = await http.request({
    method: 'POST',
    path: '/wxa/get_user_notify',
    query: { access_token: accessToken },
    body: JSON.stringify(nameOf(card)),
  });
  const { content_json, code_state, code_expire_time } = expectResult(
    'get_user_notify',
    notifyInfo,
    answer,
  ).notify_info;
  return {
    content: content_json,
    isRefused: code_state === REFUSED_BY_USER,
    ...(code_expire_time !== undefined && { expiresAtMs: code_expire_time * 1000 }),
  };
}
