// What an owner's backend and a mini program say to the service, with types that are generated from openapi.yaml and nothing else.
import createClient from 'openapi-fetch';
import type { components, paths } from './schema.ts';

type Schemas = components['schemas'];

const { API_URL = '', API_KEY = '', LOGIN_CODE = '', TEMPLATE_ID = '' } = process.env;
const connected = (token: string) =>
  createClient<paths>({ baseUrl: API_URL, headers: { authorization: `Bearer ${token}` } });

function expect(what: string, isSo: boolean): void {
  if (!isSo) throw new Error(`Not so: ${what}`);
}

/** What was answered; a problem ends the conversation with its own words. */
function answered<T>({ data, error }: { data?: T; error?: Schemas['Problem'] }): T {
  if (data !== undefined) return data;
  throw new Error(error ? `${error.code}: ${error.detail} ${error.remedy.en}` : 'Nothing was answered.');
}

const data = { thing1: '青鸟保温杯', amount2: '￥399.00', amount3: '￥599.00', thing4: '库存有限' };
const wrap = (value: string): Schemas['WrappedText'] => ({ value });

const operator = connected(API_KEY);
const login = await operator.POST('/v1/sessions', { body: { code: LOGIN_CODE } });
const { token, openid } = answered(login);
const user = connected(token);

const allow = async (requestId: string) =>
  answered(
    await user.POST('/v1/grants', {
      body: { requestId, results: { [TEMPLATE_ID]: 'accept', errMsg: 'requestSubscribeMessage:ok' } },
    }),
  );
await allow('tap-1');
await allow('tap-2');
const { grants } = await allow('tap-3');
expect('three grants are there', grants[0]?.available === 3);

const sent = answered(
  await operator.POST('/v1/messages', {
    params: { header: { 'idempotency-key': 'typescript-1' } },
    body: { to: openid, templateId: TEMPLATE_ID, data },
  }),
);
const wrapped: Schemas['NewMessage'] = {
  to: openid,
  templateId: TEMPLATE_ID,
  data: { ...data, thing1: wrap(data.thing1), amount2: wrap(data.amount2) },
  sendAt: new Date(Date.now() + 3_600_000).toISOString(),
};
const booked = answered(await operator.POST('/v1/messages', { body: wrapped }));
expect(
  'data in the form of WeChat is taken as well',
  booked.data['thing1'] === data.thing1 && booked.status === 'scheduled',
);

const { items } = answered(
  await operator.POST('/v1/messages/batch', {
    body: {
      messages: [
        { to: openid, templateId: TEMPLATE_ID, data: { ...data, thing1: '一' } },
        { to: openid, templateId: TEMPLATE_ID, data: { ...data, thing1: '二' } },
      ],
    },
  }),
);
const refusals = items.flatMap((item) => ('problem' in item ? [item.problem.code] : []));
expect(
  'of the batch one is accepted and one has no grant',
  items.length === 2 && refusals.join() === 'no-grant',
);

const read = answered(await operator.GET('/v1/messages/{id}', { params: { path: { id: sent.id } } }));
const status: Schemas['MessageStatus'] = read.status;
expect('the message is read', read.id === sent.id && status !== 'canceled' && read.attempts >= 0);

const { error, response } = await operator.POST('/v1/messages', {
  body: { to: openid, templateId: TEMPLATE_ID, data: { ...data, thing1: '三' } },
});
const code: Schemas['ProblemCode'] | undefined = error?.code;
expect('without a grant there is a Problem', response.status === 409 && code === 'no-grant');
expect('a Problem has a remedy in both languages', error?.remedy.en !== '' && error?.remedy.zh !== '');

const checked = answered(
  await operator.POST('/v1/templates/{id}/check', {
    params: { path: { id: TEMPLATE_ID } },
    body: { data: { thing1: data.thing1 } },
  }),
);
expect('what is wrong with data is told', !checked.valid && checked.problems[0]?.path === 'data.amount2');

const campaign = answered(
  await operator.POST('/v1/campaigns', {
    body: {
      name: 'TypeScript',
      templateId: TEMPLATE_ID,
      data: { ...data, thing1: '{{goods}}' },
      audience: { type: 'recipients', recipients: [{ openid, variables: { goods: '青鸟保温杯' } }] },
    },
  }),
);
expect(
  'the campaign has its recipient',
  campaign.audience.type === 'recipients' && campaign.audience.count === 1,
);

const { items: listed } = answered(
  await operator.GET('/v1/grants', { params: { query: { openid, limit: 10 } } }),
);
expect('grants are listed', listed[0]?.templateId === TEMPLATE_ID);

// What may not be said. Types that let it pass would be no types.
// @ts-expect-error a number is no text
export const numbers: Schemas['NewMessage'] = { to: openid, templateId: TEMPLATE_ID, data: { number1: 7 } };
// @ts-expect-error without data there is no message
export const empty: Schemas['NewMessage'] = { to: openid, templateId: TEMPLATE_ID };
// @ts-expect-error grantees are not named
export const both: Schemas['NewCampaign']['audience'] = { type: 'grantees', recipients: [] };
