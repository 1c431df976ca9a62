import type { HttpClient } from '../http/http-client.ts';
import type { SendAnswer } from '../sends/judge-answer.ts';
import type { OutgoingMessage } from '../sends/send-port.ts';
import { readSendAnswer } from './read-answer.ts';

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
