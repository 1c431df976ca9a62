// What an owner's backend and a mini program say to the service by the installed package, and by nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { createQingniao, QingniaoProblem, type Schemas } from '@qingniao/client';

const { API_URL = '', API_KEY = '', LOGIN_CODE = '', TEMPLATE_ID = '' } = process.env;

function expect(what: string, isSo: boolean): void {
  if (!isSo) throw new Error(`Not so: ${what}`);
}

/** What a call is refused with. */
async function refusal(call: Promise<unknown>): Promise<QingniaoProblem> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof QingniaoProblem) return error;
  throw new Error('Not refused, or by no QingniaoProblem.', { cause: error });
}

const data = { thing1: '青鸟保温杯', amount2: '￥399.00', amount3: '￥599.00', thing4: '库存有限' };
const wrap = (value: string): Schemas['WrappedText'] => ({ value });

const operator = createQingniao({ baseUrl: API_URL, apiKey: API_KEY });
const { data: login } = await operator.POST('/v1/sessions', { body: { code: LOGIN_CODE } });
const { token, openid } = login;
const user = createQingniao({ baseUrl: `${API_URL}/`, apiKey: () => token });

let grants: readonly Schemas['Grant'][] = [];
for (const requestId of ['tap-1', 'tap-2', 'tap-3', 'tap-4', 'tap-5', 'tap-6', 'tap-6']) {
  const results = { [TEMPLATE_ID]: 'accept', errMsg: 'requestSubscribeMessage:ok' } as const;
  ({ grants } = (await user.POST('/v1/grants', { body: { requestId, results } })).data);
}
expect('six grants are there, the last report having been sent twice', grants[0]?.available === 6);

const order = { to: openid, templateId: TEMPLATE_ID, data };
const sent = await operator.send(order, { idempotencyKey: 'typescript-1' });
const again = await operator.send(order, { idempotencyKey: 'typescript-1' });
expect('the same key is the same message', sent.id === again.id);
const conflict = await refusal(
  operator.send({ ...order, page: 'pages/other' }, { idempotencyKey: 'typescript-1' }),
);
expect(
  'the same key takes no other body',
  conflict.code === 'idempotency-conflict' && conflict.status === 409,
);

const wrapped: Schemas['NewMessage'] = {
  ...order,
  data: { ...data, thing1: wrap(data.thing1), amount2: wrap(data.amount2) },
  sendAt: new Date(Date.now() + 3_600_000).toISOString(),
};
const booked = await operator.send(wrapped);
expect(
  'data in the form of WeChat is taken as well',
  booked.data['thing1'] === data.thing1 && booked.status === 'scheduled',
);

async function* three() {
  for (const thing1 of ['一', '二', '三']) yield { ...order, data: { ...data, thing1 } };
}
const items: string[] = [];
for await (const item of operator.sendAll(three())) {
  items.push(`${item.index} ${'message' in item ? item.message.data['thing1'] : item.problem.code}`);
}
expect('of the batch each is told of in order', items.join() === '0 一,1 二,2 三');

const read: Schemas['Message'] = (
  await operator.GET('/v1/messages/{id}', { params: { path: { id: sent.id } } })
).data;
expect('the message is read', read.id === sent.id && read.status !== 'canceled' && read.attempts >= 0);

const { data: campaign } = await operator.POST('/v1/campaigns', {
  body: {
    name: 'TypeScript',
    templateId: TEMPLATE_ID,
    data: { ...data, thing1: '{{goods}}' },
    audience: { type: 'recipients', recipients: [{ openid, variables: { goods: '青鸟保温杯' } }] },
  },
});
expect(
  'the campaign has its recipient',
  campaign.audience.type === 'recipients' && campaign.audience.count === 1,
);
const added = await operator.POST('/v1/campaigns/{id}/recipients', {
  params: { path: { id: campaign.id } },
  body: 'openid,goods\no-nobody,青鸟保温杯\n',
  bodySerializer: String,
  headers: { 'content-type': 'text/csv' },
});
expect('a list in CSV is taken', added.data.count === 2);

const { data: started } = await operator.POST('/v1/campaigns/{id}/runs', {
  params: { path: { id: campaign.id } },
  body: {},
});
const path = { id: campaign.id, runId: started.id };
let run = started;
while (run.status !== 'finished') {
  await sleep(50);
  run = (await operator.GET('/v1/campaigns/{id}/runs/{runId}', { params: { path } })).data;
}
expect(
  'the run reaches one and has no grant of the other',
  run.counts.sent === 1 && run.counts.skipped + run.counts.failed === 1,
);
const recipients: string[] = [];
for await (const recipient of operator.list('/v1/campaigns/{id}/runs/{runId}/recipients', {
  params: { path },
}))
  recipients.push(recipient.openid);
expect('its recipients are listed', recipients.toSorted().join() === ['o-nobody', openid].toSorted().join());

const listed: string[] = [];
for await (const message of operator.list('/v1/messages', { params: { query: { openid, limit: 2 } } }))
  listed.push(message.id);
expect('every page of a list is read', listed.length === 5 && listed.includes(sent.id));

const none = await refusal(operator.send(order));
expect('without a grant there is a problem', none.status === 409 && none.code === 'no-grant');
expect('with a remedy in both languages', none.remedy.en !== '' && none.remedy.zh !== '');
expect('and the id of its request', none.requestId !== undefined && !none.message.includes(API_KEY));

const wrong = await refusal(operator.send({ ...order, data: { thing1: '' } }));
expect('each wrong field is named', wrong.code === 'invalid-data' && wrong.errors.length > 1);

const { data: checked } = await operator.POST('/v1/templates/{id}/check', {
  params: { path: { id: TEMPLATE_ID } },
  body: { data: { thing1: data.thing1 } },
});
expect('what is wrong with data is told', !checked.valid && checked.problems[0]?.path === 'data.amount2');

const canceled = await operator.DELETE('/v1/messages/{id}', { params: { path: { id: booked.id } } });
expect('a booked message is canceled', canceled.data.status === 'canceled');
const removed = await operator.DELETE('/v1/campaigns/{id}', { params: { path: { id: campaign.id } } });
expect('what is answered without a body is undefined', removed.data === undefined);
const gone = await refusal(operator.GET('/v1/campaigns/{id}', { params: { path: { id: campaign.id } } }));
expect('what is gone is not found', gone.code === 'not-found' && gone.status === 404);

// What may not be said. Types that let it pass would be no types.
// @ts-expect-error a number is no text
export const numbers: Schemas['NewMessage'] = { to: openid, templateId: TEMPLATE_ID, data: { number1: 7 } };
// @ts-expect-error without data there is no message
export const empty: Schemas['NewMessage'] = { to: openid, templateId: TEMPLATE_ID };
// @ts-expect-error grantees are not named
export const both: Schemas['NewCampaign']['audience'] = { type: 'grantees', recipients: [] };
export const misuse = [
  // @ts-expect-error it has an id
  () => operator.GET('/v1/messages/{id}'),
  // @ts-expect-error there is no such route
  () => operator.GET('/v1/message', {}),
  // @ts-expect-error this is no list in pages
  () => operator.list('/v1/apps'),
  // @ts-expect-error a run belongs to a campaign
  () => operator.list('/v1/campaigns/{id}/runs'),
  // @ts-expect-error an address is needed
  () => createQingniao({ apiKey: API_KEY }),
  // @ts-expect-error what became of an entry is looked at first
  async () => (await operator.sendAll([order]).next()).value?.message.id,
];
