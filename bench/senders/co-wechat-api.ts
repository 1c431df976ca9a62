/** co-wechat-api as its README shows it. */
import { createRequire } from 'node:module';
import * as v from 'valibot';
import { serveSender } from './lanes.ts';
import { TEMPLATE_ID, WIRE_DATA } from './message.ts';

const Api = createRequire(process.argv[2] ?? '')('co-wechat-api');
const api = new Api('wx0123456789abcdef', 'secret');
api.prefix = `${process.env['WECHAT_API_BASE_URL']}/cgi-bin/`;
const send = v.parse(v.function(), api.sendSubscribeMessage.bind(api));

serveSender(async ([openid = '']) => {
  await send(openid, TEMPLATE_ID, 'pages/item?id=1', WIRE_DATA);
  return 0;
});
