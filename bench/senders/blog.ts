/** As many tutorials have it: for each message a new access token and then the request, with the built-in `fetch`, nothing kept. */
import * as v from 'valibot';
import { serveSender } from './lanes.ts';
import { body } from './message.ts';

const base = process.env['WECHAT_API_BASE_URL'] ?? '';
const tokenAnswer = v.object({ access_token: v.string() });

serveSender(async ([openid = '']) => {
  const tokenUrl = `${base}/cgi-bin/token?grant_type=client_credential&appid=wx0&secret=s`;
  const { access_token } = v.parse(tokenAnswer, await (await fetch(tokenUrl)).json());
  const sent = await fetch(`${base}/cgi-bin/message/subscribe/send?access_token=${access_token}`, {
    method: 'POST',
    body: body(openid),
  });
  await sent.json();
  return 0;
});
