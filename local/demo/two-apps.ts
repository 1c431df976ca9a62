import { randomUUID } from 'node:crypto';
import { allow, PRICE } from './scenes.ts';
import { type Person, readMessage, refusal, type Stage } from './stage.ts';

/** One user, one template title and one Idempotency-Key in two mini programs of the same service: two of everything. */
export async function twoAppsDoNotSeeEachOther(stage: Stage, ming: Person, priceDrop: string) {
  stage.chapter({
    en: '8. A second mini program, served by the same service',
    zh: '8. 同一套服务里的第二个小程序',
  });
  const { shop, client } = stage;
  const template = shop.wechat.templates().find(({ title }) => title === '商品降价提醒');
  const templateId = template?.templateId ?? '';
  // At WeChat an openid differs from app to app; here it is the same on purpose.
  shop.wechat.createUser({ openid: ming.openid });
  await allow(stage, ming, priceDrop, 1);
  const results = { [templateId]: 'accept' } as const;
  shop.wechat.subscribe({ openid: ming.openid, results });
  await shop.client.POST('/v1/grants', { body: { requestId: randomUUID(), openid: ming.openid, results } });
  const order = (id: string) => ({ to: ming.openid, templateId: id, data: PRICE });
  const ours = await client.send(order(priceDrop), { idempotencyKey: 'deal-9' });
  const theirs = await shop.client.send(order(templateId), { idempotencyKey: 'deal-9' });
  stage.track(ours, ming, { en: 'price drop, first app', zh: '降价提醒（第一个小程序）' });
  stage.track(theirs, ming, { en: 'price drop, second app', zh: '降价提醒（第二个小程序）' }, shop.client);
  const ended = [await stage.ended(ours), await stage.ended(theirs, shop.client)];
  const { items } = shop.wechat.received({ call: 'send' });
  const areTwo = ours.id !== theirs.id && ended.every(({ status }) => status === 'sent');
  stage.promise(areTwo && items.length === 1, {
    en: 'The same openid and the same Idempotency-Key in both: two messages, each sent by its own mini program.',
    zh: '两边用同一个 openid、同一个 Idempotency-Key：是两条消息，各由自己的小程序发出。',
  });
  const elsewhere = await refusal(readMessage(shop.client, ours.id));
  const refused = await refusal(
    shop.client.GET('/v1/messages/{id}', {
      params: { path: { id: ours.id }, header: { 'x-wechat-appid': stage.wechat.appId } },
    }),
  );
  stage.promise(elsewhere.status === 404 && refused.code === 'unknown-app', {
    en: `The second does not find the message of the first, and its API key is refused for the first: ${refused.status} ${refused.code}.`,
    zh: `第二个小程序查不到第一个的消息；只给它用的 API Key 访问第一个会得到 ${refused.status} ${refused.code}。`,
  });
}
