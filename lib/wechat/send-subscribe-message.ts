import * as v from 'valibot';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import type { SendAnswer } from '../sends/judge-answer.ts';
import type { OutgoingMessage } from '../sends/send-port.ts';
import { readAnswer } from './read-answer.ts';

const withMsgid = v.object({ msgid: v.union([v.string(), v.pipe(v.number(), v.transform(String))]) });

/**
 * `subscribeMessage.send` (WeChat contract §3), or `hardwareDevice.send` for a message about a device (§8.1b). One
 * request, never repeated, and never a rejection for what WeChat or the network does.
 */
export async function sendSubscribeMessage(
  http: HttpClient,
  accessToken: string,
  message: OutgoingMessage,
): Promise<SendAnswer> {
  return readSendAnswer(
    await http.request({
      method: 'POST',
      path: message.device ? '/cgi-bin/message/device/subscribe/send' : '/cgi-bin/message/subscribe/send',
      query: { access_token: accessToken },
      body: JSON.stringify(wireForm(message)),
    }),
  );
}

/**
 * State and language go along always, although old pages call them optional; a page has no slash in front
 * (§3.1).
 */
function wireForm({ openid, templateId, device, data, page, miniprogramState, lang }: OutgoingMessage) {
  return {
    ...(device ? { to_openid_list: [openid], sn: device.sn, modelId: device.modelId } : { touser: openid }),
    template_id: templateId,
    ...(page !== undefined && { page: page.replace(/^\/+/, '') }),
    miniprogram_state: miniprogramState,
    lang,
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, { value }])),
  };
}

/**
 * An answer with an errcode is WeChat's own, whatever the HTTP status that a gateway gave it: most often 200
 * (§0.1). Without one a 5xx says nothing about the message, which may have been taken. Only an HTTP 4xx comes
 * from a gateway that turned the request away before WeChat saw it (§9.3): probably nothing was sent, and the
 * grant stays reserved.
 */
function readSendAnswer(http: HttpAnswer): SendAnswer {
  if (http.type !== 'answered') return http;
  const read = readAnswer(http.text);
  // Documented for this call, unlike for others: without an errcode it is no answer of WeChat's (§3.2).
  if (!read?.namesErrcode) {
    const reason = `HTTP ${http.status} without a readable errcode`;
    return { type: isTurnedAway(http.status) ? 'turned-away' : 'no-answer', reason };
  }
  const msgid = v.safeParse(withMsgid, read.body);
  return { type: 'answered', ...read.answer, ...(msgid.success && { msgid: msgid.output.msgid }) };
}

function isTurnedAway(status: number): boolean {
  return status >= 400 && status < 500;
}
