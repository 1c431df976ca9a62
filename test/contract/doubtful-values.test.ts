import { describe, expect, test } from 'vitest';
import type { Template } from '../../local/wechat-simulator/templates.ts';
import { startService } from './running-service.ts';

const { wechat, operator, logIn, allow, ended } = await startService({ dispatchEverySeconds: 0 });

const REPAIR: Template = {
  templateId: 'repair-done_3kQmR7vW2xYzA1bC4dE5fG6hJ8kL9mN0',
  title: '维修完成通知',
  kind: 'one-time',
  keywords: [
    { key: 'character_string1', label: '工单号', example: 'WO-20261123' },
    { key: 'phone_number2', label: '联系电话', example: '020-81167888' },
    { key: 'amount3', label: '费用', example: '￥100' },
    { key: 'date4', label: '完成日期', example: '2026年11月23日' },
    { key: 'time5', label: '取件时间', example: '15:01' },
    { key: 'number6', label: '积分变动', example: '20' },
    { key: 'name7', label: '联系人', example: '王小明' },
    { key: 'thing8', label: '备注', example: '请携带凭证' },
  ],
};
wechat.addTemplates([REPAIR]);

const SURE: Readonly<Record<string, string>> = Object.fromEntries(
  REPAIR.keywords.map(({ key, example }) => [key, example]),
);

async function send(data: object, more: object = {}) {
  const { openid } = await logIn();
  await allow(wechat, openid, REPAIR.templateId);
  return operator('POST', '/v1/messages', { to: openid, templateId: REPAIR.templateId, data, ...more });
}

const check = (data: object, more: object = {}) =>
  operator('POST', `/v1/templates/${REPAIR.templateId}/check`, { data, ...more });

const DOUBTFUL: readonly (readonly [string, string, string])[] = [
  ['phone_number2', '138****8888', 'unusual-symbol'],
  ['phone_number2', '400-820-8820#801', 'unusual-symbol'],
  ['phone_number2', '（020）81167888', 'unusual-symbol'],
  ['amount3', '0.5283元', 'many-decimals'],
  ['amount3', '₩12000', 'currency-sign'],
  ['amount3', '-￥5.00', 'sign'],
  ['amount3', '￥1,000', 'thousands-separator'],
  ['character_string1', 'A·123', 'unusual-symbol'],
  ['character_string1', 'No.１２３', 'unusual-symbol'],
  ['date4', '2026-11-23 15:01~16:30', 'unusual-form'],
  ['date4', '20261123', 'unusual-form'],
  ['time5', '2026-11-23', 'bare-date'],
  ['time5', '9:05', 'unusual-form'],
  ['number6', '-20', 'sign'],
  ['number6', '20\u00a0', 'white-space'],
  ['name7', '阿卜杜拉·买买提·艾山江', 'length'],
];

describe('what a value may be but surely is not forbidden passes, and the answer has warnings', () => {
  test.each(DOUBTFUL)('%s %j: %s', async (key, value, code) => {
    const data = { ...SURE, [key]: value };
    const { status, body } = await send(data);
    expect([status, body.code]).toEqual([202, undefined]);
    const warnings = [
      {
        path: `data.${key}`,
        code,
        en: expect.stringMatching(new RegExp(`^${key} .*47003`)),
        zh: expect.stringMatching(/\p{sc=Han}/u),
      },
    ];
    expect(body.warnings).toEqual(warnings);
    expect((await check(data)).body).toMatchObject({ valid: true, data, warnings });
    expect(await ended(body.id)).toMatchObject({ status: 'sent', warnings });
    const { items } = wechat.received({ call: 'send', openid: body.to });
    expect(items).toHaveLength(1);
  });

  test('never with the value in it', async () => {
    const { body } = await send({ ...SURE, phone_number2: '138****8888' });
    expect(JSON.stringify(body.warnings)).not.toContain('138****');
  });

  test('what is sure has none', async () => {
    const sure = { ...SURE, date4: '2026/8/22', phone_number2: '0766-66888866-801' };
    expect((await send(sure)).body).not.toHaveProperty('warnings');
    expect((await check(sure)).body.warnings).toEqual([]);
  });

  test('each entry of a batch has its own', async () => {
    const { openid } = await logIn();
    await allow(wechat, openid, REPAIR.templateId);
    await allow(wechat, openid, REPAIR.templateId);
    const messages = ['₩12000', '￥1'].map((amount3) => ({
      to: openid,
      templateId: REPAIR.templateId,
      data: { ...SURE, amount3 },
    }));
    const { body } = await operator('POST', '/v1/messages/batch', { messages });
    expect(body.items[0].message.warnings).toMatchObject([{ path: 'data.amount3' }]);
    expect(body.items[1].message).not.toHaveProperty('warnings');
  });

  test('beside what is refused, a check tells what is doubtful', async () => {
    const { body } = await check({ ...SURE, amount3: '₩12000', thing8: '长'.repeat(21) });
    expect(body).toMatchObject({
      valid: false,
      warnings: [{ path: 'data.amount3' }],
      problems: [{ path: 'data.thing8' }],
    });
  });

  test('fit turns doubt into certainty where the meaning stays', async () => {
    const given = {
      ...SURE,
      amount3: '￥1,000',
      time5: '9:05',
      number6: ' ２０',
      phone_number2: '138****8888',
    };
    expect((await check(given)).body.warnings[1].en).toContain('fit: true');
    const { body } = await send(given, { fit: true });
    expect(body.data).toMatchObject({ amount3: '￥1000', time5: '09:05', number6: '20' });
    expect(body.warnings).toMatchObject([{ path: 'data.phone_number2' }]);
    expect(body.fitted.map(({ key }: { key: string }) => key)).toEqual(['amount3', 'time5', 'number6']);
  });

  test('where WeChat refuses it, the message fails with 47003 and its grant comes back', async () => {
    wechat.setSwitches({ refuseDoubtful: true });
    const { body } = await send({ ...SURE, amount3: '₩12000' });
    const { status, outcome } = await ended(body.id);
    wechat.setSwitches({ refuseDoubtful: false });
    expect([status, outcome.errcode]).toEqual(['failed', 47003]);
    const { body: grants } = await operator('GET', `/v1/grants?openid=${body.to}`);
    expect(grants.items).toMatchObject([{ available: 1, held: 0 }]);
  });
});

describe('what the rule surely excludes is refused', () => {
  test.each([
    ['phone_number2', '转801'],
    ['amount3', '12345678901'],
    ['amount3', '一百元'],
    ['character_string1', '工单A1'],
    ['date4', '2026-11-31'],
    ['date4', '明天'],
    ['time5', '15:01～16:00'],
    ['time5', '25:00'],
    ['number6', '二十'],
    ['name7', '张3'],
    ['thing8', '第一行\n第二行'],
  ])('%s %j', async (key, value) => {
    const { status, body } = await send({ ...SURE, [key]: value });
    expect([status, body.code]).toEqual([422, 'invalid-data']);
    expect(body.errors).toMatchObject([{ path: `data.${key}` }]);
  });
});

describe('a campaign', () => {
  const order = {
    name: '维修通知',
    templateId: REPAIR.templateId,
    data: { ...SURE, amount3: '₩12000', phone_number2: '{{phone}}' },
    audience: {
      type: 'recipients',
      recipients: [
        { openid: 'oOne', variables: { phone: '138****8888' } },
        { openid: 'oTwo', variables: { phone: '13800138000' } },
      ],
    },
  };

  test('tells what is doubtful in the texts of all and in those of each recipient', async () => {
    const { body } = await operator('POST', '/v1/campaigns', order);
    expect(body.warnings).toMatchObject([
      { path: 'data.amount3', code: 'currency-sign' },
      { path: 'audience.recipients.0.variables', code: 'unusual-symbol' },
    ]);
    const read = await operator('GET', `/v1/campaigns/${body.id}`);
    expect(read.body.warnings).toMatchObject([{ path: 'data.amount3' }]);
    const csv = 'openid,phone\noThree,010-1234567/8\noFour,010-12345678\n';
    const added = await operator('POST', `/v1/campaigns/${body.id}/recipients`, csv, {
      'content-type': 'text/csv',
    });
    expect(added.body).toMatchObject({ added: 2, count: 4, warnings: [{ path: 'line 2.variables' }] });
  });
});
