import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../../operate/language.ts';
import { clientOf, type Person, refusal, type Stage } from './stage.ts';

/** The templates of the simulated account that the story uses. */
export interface Templates {
  readonly shipped: string;
  readonly appointment: string;
  readonly priceDrop: string;
}

export const PRICE = {
  thing1: '无线降噪耳机',
  amount2: '￥399.00',
  amount3: '￥599.00',
  thing4: '库存有限，先到先得',
};
const APPOINTMENT = {
  thing1: '口腔洁治',
  time2: '2026年12月24日 15:00~16:00',
  thing3: '中山路88号二楼',
  phone_number4: '020-81167888',
  thing5: '请提前十分钟到店',
};
const ORDER = {
  character_string1: 'DD202611230018',
  thing2: '云南高山普洱茶饼',
  thing3: '顺丰速运',
  character_string4: 'SF1390026457812',
  time5: '2026年11月23日 15:01',
};

/** wx.login on the phone, code2Session behind our API, a session back. */
export async function logIn(stage: Stage, name: string): Promise<Person> {
  const openid = stage.wechat.createUser();
  const stranger = clientOf(stage.stack);
  const { data } = await stranger.POST('/v1/sessions', { body: { code: stage.wechat.login(openid) } });
  return { name, openid, phone: clientOf(stage.stack, data.token) };
}

/** The user taps "allow" in the panel, once for each wanted grant, and the mini program reports it. */
export async function allow(
  stage: Stage,
  { openid, phone }: Person,
  templateId: string,
  times: number,
): Promise<void> {
  for (let tap = 0; tap < times; tap++) {
    const results = { [templateId]: 'accept' } as const;
    stage.wechat.subscribe({ openid, results });
    const body = { requestId: randomUUID(), results };
    await phone.POST('/v1/grants', { body });
    // A phone on a bad line sends its report again: it must not count twice.
    await phone.POST('/v1/grants', { body });
  }
}

/** Available grants as the service knows them. */
async function available(stage: Stage, { openid }: Person, templateId: string): Promise<number> {
  const { data } = await stage.client.GET('/v1/grants', { params: { query: { openid, templateId } } });
  return data.items[0]?.available ?? 0;
}

export async function grantsAreCounted(
  stage: Stage,
  ming: Person,
  hong: Person,
  { shipped, priceDrop }: Templates,
) {
  stage.chapter({ en: '1. Two users log in and allow messages', zh: '1. 两位用户登录并授权订阅消息' });
  await allow(stage, ming, shipped, 2);
  await allow(stage, ming, priceDrop, 1);
  await allow(stage, hong, priceDrop, 1);
  stage.say({
    en: `${ming.name} tapped "allow" twice for shipping notices; each report was sent twice, as on a bad line.`,
    zh: `${ming.name} 对“订单发货通知”点了两次“允许”；每次上报都重复发送，模拟网络不好的情况。`,
  });
  stage.promise((await available(stage, ming, shipped)) === 2, {
    en: 'The ledger holds exactly 2 grants.',
    zh: '账本里正好是 2 次授权。',
  });
}

export async function sendsNow(stage: Stage, ming: Person, { shipped }: Templates) {
  stage.chapter({
    en: '2. Send now, and ask for the same thing twice',
    zh: '2. 立即发送，并且把同一个请求发两次',
  });
  const order = { to: ming.openid, templateId: shipped, data: ORDER, page: 'pages/order?id=18' };
  const first = await stage.client.send(order, { idempotencyKey: 'order-18-shipped' });
  const again = await stage.client.send(order, { idempotencyKey: 'order-18-shipped' });
  stage.track(first, ming, { en: 'order shipped', zh: '订单发货' });
  const sent = await stage.ended(first);
  stage.promise(sent.status === 'sent' && again.id === first.id, {
    en: 'One card, though it was asked for twice with one Idempotency-Key.',
    zh: '同一个 Idempotency-Key 请求两次，只发出一张卡片。',
  });
}

export async function checksBeforeWeChat(stage: Stage, ming: Person, { shipped }: Templates) {
  stage.chapter({
    en: '3. A text too long is refused before WeChat sees it',
    zh: '3. 超长内容在到达微信之前就被拦下',
  });
  const data = {
    ...ORDER,
    thing2: '云南高山古树普洱茶饼三百五十七克十年陈仓礼盒装',
    character_string4: '顺丰1390026457812',
  };
  const asked = sendsToWeChat(stage);
  const refused = await refusal(stage.client.send({ to: ming.openid, templateId: shipped, data }));
  for (const { message: en, zh } of refused.errors) stage.say({ en, zh });
  stage.promise(refused.errors.length === 2 && sendsToWeChat(stage) === asked, {
    en: `${refused.status} ${refused.code}: both bad fields are named at once, nothing was sent.`,
    zh: `${refused.status} ${refused.code}：一次指出两个错误字段，没有请求微信。`,
  });
  const fixed = { ...data, character_string4: ORDER.character_string4 };
  const order = { to: ming.openid, templateId: shipped, data: fixed, fit: true };
  const fitted = stage.track(await stage.client.send(order), ming, {
    en: 'order shipped, fitted',
    zh: '订单发货（自动适配）',
  });
  const sent = await stage.ended(fitted);
  stage.promise(sent.status === 'sent', {
    en: `With fit: true the name became "${fitted.fitted?.[0]?.to}", and went out.`,
    zh: `加上 fit: true 后自动改为“${fitted.fitted?.[0]?.to}”，发送成功。`,
  });
  const none = await refusal(stage.client.send({ to: ming.openid, templateId: shipped, data: ORDER }));
  stage.promise(none.code === 'no-grant', {
    en: 'Both grants are used up: the next one is refused with 409 no-grant, not by WeChat with 43101.',
    zh: '两次授权用完后，再发会直接得到 409 no-grant，而不是微信的 43101。',
  });
}

export async function sendsAtATime(stage: Stage, hong: Person, { appointment }: Templates) {
  stage.chapter({ en: '4. A reminder at a time', zh: '4. 定时提醒' });
  await allow(stage, hong, appointment, 2);
  const sendAtMs = Date.now() + 3_000;
  const booking = {
    to: hong.openid,
    templateId: appointment,
    data: APPOINTMENT,
    sendAt: new Date(sendAtMs).toISOString(),
  };
  const booked = stage.track(await stage.client.send(booking), hong, {
    en: 'reminder in 3 s',
    zh: '3 秒后的提醒',
  });
  const nextWeek = { ...booking, sendAt: new Date(Date.now() + 7 * 86_400_000).toISOString() };
  const later = stage.track(await stage.client.send(nextWeek), hong, {
    en: 'reminder next week',
    zh: '下周的提醒',
  });
  stage.say({
    en: `Booked two. Each holds a grant, so nothing else can use it up: ${await available(stage, hong, appointment)} left to book.`,
    zh: `预约了两条，每条都预留了一次授权，不会被别的消息用掉：还可预约 ${await available(stage, hong, appointment)} 条。`,
  });
  const { data: canceled } = await stage.client.DELETE('/v1/messages/{id}', {
    params: { path: { id: later.id } },
  });
  stage.promise(canceled.status === 'canceled' && (await available(stage, hong, appointment)) === 1, {
    en: 'The one for next week was canceled, and its grant came back.',
    zh: '取消了下周那条，授权次数随即归还。',
  });
  const sent = await stage.ended(booked);
  const lateMs = (arrivalMs(stage, hong.openid, appointment) ?? Number.POSITIVE_INFINITY) - sendAtMs;
  stage.promise(sent.status === 'sent' && lateMs >= 0 && lateMs < 2_000, {
    en: `The other left ${lateMs} ms after its moment, and not before.`,
    zh: `另一条在约定时刻之后 ${lateMs} 毫秒发出，没有提前。`,
  });
}

export async function sendsByCampaign(stage: Stage, people: readonly Person[], { priceDrop }: Templates) {
  stage.chapter({
    en: '5. A campaign, to everyone who still holds a grant',
    zh: '5. 群发活动：发给所有仍有授权的用户',
  });
  const { data: campaign } = await stage.client.POST('/v1/campaigns', {
    body: {
      name: 'Friday deals',
      templateId: priceDrop,
      data: PRICE,
      audience: { type: 'grantees' },
      schedule: { expression: 'cron(0 10 ? * FRI *)', timezone: 'Asia/Shanghai' },
    },
  });
  const { id: campaignId, nextRunAt } = campaign;
  stage.say({
    en: `Every Friday at ten in Shanghai, next at ${nextRunAt}. We do not wait: its trigger comes now, and twice.`,
    zh: `每周五上午十点（上海时间），下一次是 ${nextRunAt}。不必等：现在就触发，而且触发两次。`,
  });
  await stage.stack.scheduler.fire(campaignId, { times: 2 });
  const runs = await runsOf(stage, campaignId);
  for (const person of people) {
    const runId = runs[0]?.id ?? '';
    stage.tracked.push({
      to: person.name,
      about: say('price drop, by campaign', '降价提醒（群发）'),
      outcome: async () => {
        const path = { id: campaignId, runId, openid: person.openid };
        const route = '/v1/campaigns/{id}/runs/{runId}/recipients/{openid}';
        const { data } = await stage.client.GET(route, { params: { path } });
        return { ...data, reason: data.reason ?? '' };
      },
    });
  }
  const reached = people.map(({ openid }) => sendsTo(stage, openid, priceDrop));
  stage.promise(runs.length === 1 && runs[0]?.counts.sent === 2 && reached.every((sends) => sends === 1), {
    en: `One run, ${runs[0]?.recipients} recipients; each got one card.`,
    zh: `只有一次发送，${runs[0]?.recipients} 位用户，每人收到一张卡片。`,
  });
}

/** The runs of a campaign, once all of them have ended. */
async function runsOf(stage: Stage, campaignId: string) {
  const deadlineMs = Date.now() + 15_000;
  for (;;) {
    const params = { path: { id: campaignId } };
    const { items } = (await stage.client.GET('/v1/campaigns/{id}/runs', { params })).data;
    if (items.length > 0 && items.every(({ status }) => status === 'finished')) return items;
    if (Date.now() > deadlineMs) throw new Error(`The campaign ${campaignId} did not end within 15 s.`);
    await sleep(40);
  }
}

export async function retriesWhatIsSafe(stage: Stage, ming: Person, { priceDrop }: Templates) {
  stage.chapter({ en: '6. WeChat has a bad moment', zh: '6. 微信偶发故障' });
  await allow(stage, ming, priceDrop, 2);
  const order = { to: ming.openid, templateId: priceDrop, data: PRICE };
  stage.wechat.addFault({ call: 'send', kind: 'errcode', errcode: -1 });
  const busy = stage.track(await stage.client.send(order), ming, {
    en: 'WeChat answers -1 once',
    zh: '微信先返回一次 -1',
  });
  const retried = await stage.ended(busy);
  stage.promise(retried.status === 'sent' && retried.attempts === 2, {
    en: 'errcode -1 (system busy) was tried again and went through.',
    zh: '-1（系统繁忙）自动重试后发送成功。',
  });
  stage.wechat.addFault({ call: 'send', kind: 'drop-answer' });
  const lost = stage.track(await stage.client.send(order), ming, {
    en: 'the answer got lost',
    zh: '应答丢失',
  });
  const unknown = await stage.ended(lost);
  stage.promise(unknown.status === 'unknown' && unknown.attempts === 1, {
    en: 'WeChat took the message but its answer got lost: marked unknown and not sent a second time.',
    zh: '微信已收下但应答丢失：标记为 unknown，绝不重复发送。',
  });
}

export async function aRefusalEndsWhatIsBooked(stage: Stage, hong: Person, { appointment }: Templates) {
  stage.chapter({
    en: '7. The user turns the template off in WeChat',
    zh: '7. 用户在微信设置里关闭了这类消息',
  });
  await allow(stage, hong, appointment, 1);
  stage.wechat.changeSettings({ openid: hong.openid, templateOff: [appointment] });
  const order = { to: hong.openid, templateId: appointment, data: APPOINTMENT };
  const tomorrow = { ...order, sendAt: new Date(Date.now() + 86_400_000).toISOString() };
  const booked = stage.track(await stage.client.send(tomorrow), hong, {
    en: 'booked for tomorrow',
    zh: '预约明天发送',
  });
  const now = stage.track(await stage.client.send(order), hong, {
    en: 'sent after the refusal',
    zh: '关闭之后发送',
  });
  const refused = await stage.ended(now);
  const also = await stage.ended(booked);
  const remedy = refused.outcome?.remedy;
  if (remedy) stage.say(remedy);
  const left = await available(stage, hong, appointment);
  stage.promise(refused.outcome?.errcode === 43101 && also.status === 'refused' && left === 0, {
    en: 'One 43101 was enough: the grants are zeroed, and the booked message ended without asking WeChat again.',
    zh: '一次 43101 就够了：账本清零，已预约的消息直接结束，不再请求微信。',
  });
}

/** Sends that reached the simulated WeChat so far. */
function sendsToWeChat(stage: Stage): number {
  return stage.wechat.received().stats.byCall['send']?.total ?? 0;
}

/** Sends to this user and template that reached WeChat. */
function sendsTo(stage: Stage, openid: string, templateId: string): number {
  const { items } = stage.wechat.received({ call: 'send', openid });
  return items.filter((request) => request.templateId === templateId).length;
}

/** When the last send to this user and template reached WeChat. */
function arrivalMs(stage: Stage, openid: string, templateId: string): number | undefined {
  return stage.wechat
    .received({ call: 'send', openid })
    .items.findLast((request) => request.templateId === templateId)?.startedAtMs;
}
