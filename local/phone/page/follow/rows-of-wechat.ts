import { addresses } from '../addresses.ts';
import { curlOf } from '../curl.ts';
import type { Row } from '../rows.ts';
import type { Delivery, Received } from '../wechat-answers.ts';

/** Stands for what nobody is shown. */
const HIDDEN = '***';

/** A request of the service's to WeChat. A token is shown by its label, and the secret not at all. */
export function rowOfReceived(received: Received): Row {
  const { number, method, path, startedAtMs, errcode, answer, endedAtMs } = received;
  const request = bodyOf(received);
  const url = `${addresses.wechat}${path}`;
  const isTokenCall = received.call.endsWith('token');
  const answered = answer === undefined ? shortAnswer(received) : parsed(answer);
  return {
    id: `wechat-${number}`,
    atMs: startedAtMs,
    way: 'toWeChat',
    name: `${method} ${path}`,
    request,
    curl: isTokenCall
      ? curlOf({ method, url, body: request })
      : curlOf({ method, url: `${url}?access_token=ACCESS_TOKEN`, body: request }),
    ...(endedAtMs !== undefined && {
      ok: errcode === 0,
      end: errcode === undefined ? '' : `errcode ${errcode}`,
      answer: answered,
    }),
  };
}

/** What WeChat was sent, in its own names. */
function bodyOf(received: Received): unknown {
  const { call, openid, templateId, data, device } = received;
  const { page, miniprogramState, lang } = received;
  const rest = { page, miniprogram_state: miniprogramState, lang, data };
  switch (call) {
    case 'send':
      return { touser: openid, template_id: templateId, ...rest };
    case 'device-send':
      return { to_openid_list: [openid], template_id: templateId, ...device, ...rest };
    case 'stable-token':
      return { grant_type: 'client_credential', appid: HIDDEN, secret: HIDDEN };
    case 'plain-token':
      return undefined;
    default:
      return { openid, ...data };
  }
}

/** What may be told of an answer that holds a secret. */
function shortAnswer({ call, errcode }: Received): unknown {
  if (errcode === undefined) return undefined;
  return call.endsWith('token') && errcode === 0 ? { access_token: HIDDEN, expires_in: 7200 } : { errcode };
}

/** An event of WeChat's. The command has the simulated WeChat push it once more, signed and encrypted. */
export function rowOfDelivery(delivery: Delivery, appid: string): Row {
  const { number, startedAtMs, event = 'message', openid, told, outcome, answer } = delivery;
  const members = Array.isArray(told) ? { items: told } : { fields: told };
  return {
    id: `event-${number}`,
    atMs: startedAtMs,
    way: 'fromWeChat',
    name: event,
    request: { Event: event, FromUserName: openid, ...(Array.isArray(told) ? { List: told } : Object(told)) },
    curl: curlOf({
      method: 'POST',
      url: `${addresses.wechat}/_control/push`,
      body: { appid, openid, event, ...members },
    }),
    ...(outcome !== undefined && { ok: outcome === 'taken', end: answer || outcome, answer }),
  };
}

/** A msgid is greater than what a number of JavaScript's can hold, so it is kept as a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/:\s*(\d{16,})/g, ':"$1"'));
  } catch {
    return text;
  }
}
