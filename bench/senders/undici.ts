/** The floor: nothing but the request, with the HTTP client that the service uses. */
import { Pool } from 'undici';
import { serveSender } from './lanes.ts';
import { body, CONNECTIONS } from './message.ts';

const pool = new Pool(process.env['WECHAT_API_BASE_URL'] ?? '', { connections: CONNECTIONS, pipelining: 1 });

serveSender(async ([openid = '']) => {
  const answer = await pool.request({
    method: 'POST',
    path: `/cgi-bin/message/subscribe/send?access_token=${'T'.repeat(136)}`,
    headers: { 'content-type': 'application/json' },
    body: body(openid),
  });
  await answer.body.json();
  return 0;
});
