/** node-easywechat as its documentation shows it. */
import { createRequire } from 'node:module';
import { serveSender } from './lanes.ts';
import { body } from './message.ts';

const { MiniApp } = createRequire(process.argv[2] ?? '')('node-easywechat');
const app = new MiniApp({
  app_id: 'wx0123456789abcdef',
  secret: 'secret',
  http: { baseURL: `${process.env['WECHAT_API_BASE_URL']}/` },
});
const client = app.getClient();

serveSender(async ([openid = '']) => {
  const answer = await client.postJson('cgi-bin/message/subscribe/send', JSON.parse(body(openid)));
  answer.toObject();
  return 0;
});
