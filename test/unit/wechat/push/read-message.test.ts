import { expect, test } from 'vitest';
import { readFields } from '../../../../lib/wechat/push/read-fields.ts';
import { readMessage } from '../../../../lib/wechat/push/read-message.ts';

const read = (text: string) => {
  const fields = readFields(text);
  return fields && readMessage(fields);
};

const head = (event: string) =>
  `<ToUserName><![CDATA[gh_abc]]></ToUserName><FromUserName><![CDATA[oUser1]]></FromUserName>
<CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType>
<Event><![CDATA[${event}]]></Event>`;

const item = (fields: string) => `<List>${fields}</List>`;
const answer = (id: string, status: string, more = '') =>
  item(
    `<TemplateId><![CDATA[${id}]]></TemplateId><SubscribeStatusString><![CDATA[${status}]]></SubscribeStatusString>${more}`,
  );

const WHO_AND_WHEN = { openid: 'oUser1', createdAtMs: 1_760_000_000_000 };
const POPUP = {
  type: 'popup',
  ...WHO_AND_WHEN,
  items: [
    { templateId: 'T1', status: 'accept', scene: 0 },
    { templateId: 'T2', status: 'reject', scene: 0 },
  ],
};
const CHANGE = { type: 'change', ...WHO_AND_WHEN, items: [{ templateId: 'T1', status: 'reject' }] };
const SENT = {
  type: 'sent',
  ...WHO_AND_WHEN,
  items: [{ templateId: 'T1', msgid: '1700000000000000001', errcode: 0, errorStatus: 'success' }],
};

test.each([
  [
    'popup',
    `<xml>${head('subscribe_msg_popup_event')}<SubscribeMsgPopupEvent>
${answer('T1', 'accept', '<PopupScene>0</PopupScene>')}
${answer('T2', 'reject', '<PopupScene>0</PopupScene>')}
</SubscribeMsgPopupEvent></xml>`,
    POPUP,
  ],
  [
    'change',
    `<xml>${head('subscribe_msg_change_event')}<SubscribeMsgChangeEvent>${answer('T1', 'reject')}</SubscribeMsgChangeEvent></xml>`,
    CHANGE,
  ],
  [
    'sent',
    `<?xml version="1.0" encoding="UTF-8"?>\n<xml>${head('subscribe_msg_sent_event')}<SubscribeMsgSentEvent>${item(
      '<TemplateId><![CDATA[T1]]></TemplateId><MsgID>1700000000000000001</MsgID><ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus>',
    )}</SubscribeMsgSentEvent></xml>`,
    SENT,
  ],
])('a %s event in XML', (_, xml, event) => {
  expect(read(xml)).toEqual({ type: 'subscribe', event });
});

const json = (event: string, list: string, createTime = '1760000000') =>
  `{"ToUserName":"gh_abc","FromUserName":"oUser1","CreateTime":${createTime},"MsgType":"event","Event":"${event}","List":${list}}`;

test.each([
  [
    'popup, two items in an array',
    json(
      'subscribe_msg_popup_event',
      '[{"TemplateId":"T1","SubscribeStatusString":"accept","PopupScene":"0"},{"TemplateId":"T2","SubscribeStatusString":"reject","PopupScene":0}]',
    ),
    POPUP,
  ],
  [
    'change, one item as an object',
    json('subscribe_msg_change_event', '{"SubscribeStatusString":"reject","TemplateId":"T1"}'),
    CHANGE,
  ],
  [
    'change, one item in an array',
    json(
      'subscribe_msg_change_event',
      '[{"SubscribeStatusString":"reject","TemplateId":"T1"}]',
      '"1760000000"',
    ),
    CHANGE,
  ],
  [
    'sent, numbers as text',
    json(
      'subscribe_msg_sent_event',
      '{"TemplateId":"T1","MsgID":"1700000000000000001","ErrorCode":"0","ErrorStatus":"success"}',
    ),
    SENT,
  ],
  [
    'sent, numbers bare, the MsgID above 2^53',
    json(
      'subscribe_msg_sent_event',
      '[{"TemplateId":"T1","MsgID":1700000000000000001,"ErrorCode":0,"ErrorStatus":"success"}]',
    ),
    SENT,
  ],
])('%s, in JSON', (_, text, event) => {
  expect(read(text)).toEqual({ type: 'subscribe', event });
});

test.each(['""', '"0"', '0'])('a MsgID of %s is none', (none) => {
  const message = read(
    json('subscribe_msg_sent_event', `{"TemplateId":"T1","MsgID":${none},"ErrorCode":7,"ErrorStatus":"x"}`),
  );
  expect(message).toMatchObject({ event: { items: [{ templateId: 'T1', errcode: 7, errorStatus: 'x' }] } });
  expect(JSON.stringify(message)).not.toContain('msgid');
});

test('a message of another type keeps its fields as WeChat wrote them', () => {
  const text =
    '{"MsgType":"text","FromUserName":"oUser1","CreateTime":1,"MsgId":23456789012345678,"Content":"<!DOCTYPE a>"}';
  expect(read(text)).toEqual({
    type: 'other',
    name: 'text',
    fields: {
      MsgType: 'text',
      FromUserName: 'oUser1',
      CreateTime: 1,
      MsgId: '23456789012345678',
      Content: '<!DOCTYPE a>',
    },
  });
});

test('another event is known by its name, in XML too', () => {
  expect(
    read('<xml><MsgType>event</MsgType><Event><![CDATA[user_enter_tempsession]]></Event><A>007</A></xml>'),
  ).toEqual({
    type: 'other',
    name: 'user_enter_tempsession',
    fields: { MsgType: 'event', Event: 'user_enter_tempsession', A: '007' },
  });
});

test('markup in CDATA is text', () => {
  const xml =
    '<xml><MsgType>text</MsgType><Content><![CDATA[<!DOCTYPE a [<!ENTITY b "c">]>&b; ]]]]><![CDATA[>]]></Content></xml>';
  expect(read(xml)).toMatchObject({ fields: { Content: '<!DOCTYPE a [<!ENTITY b "c">]>&b; ]]>' } });
});

test('a subscribe event that is not as documented is passed on with what is wrong in it', () => {
  const text = json('subscribe_msg_popup_event', '[{"TemplateId":"T#1","SubscribeStatusString":"accept"}]');
  expect(read(text)).toMatchObject({
    type: 'other',
    name: 'subscribe_msg_popup_event',
    problems: ['List.0.TemplateId'],
  });
});

test.each([
  ['no list', '{"MsgType":"event","Event":"subscribe_msg_change_event","FromUserName":"o","CreateTime":1}'],
  [
    'more items than WeChat can have asked about',
    json(
      'subscribe_msg_change_event',
      `[${Array(21).fill('{"TemplateId":"T","SubscribeStatusString":"reject"}').join()}]`,
    ),
  ],
  [
    'a time that is none',
    json('subscribe_msg_change_event', '{"TemplateId":"T","SubscribeStatusString":"reject"}', '"soon"'),
  ],
  [
    'a user whose id would not fit a key',
    json('subscribe_msg_change_event', '{"TemplateId":"T","SubscribeStatusString":"reject"}').replace(
      'oUser1',
      'o#1',
    ),
  ],
])('a subscribe event with %s is not taken for one', (_, text) => {
  expect(read(text)).toMatchObject({ type: 'other', problems: [expect.any(String)] });
});

test.each([
  ['nothing', ''],
  ['no message', 'hello'],
  ['an array', '[1]'],
  ['no type of message', '{"ToUserName":"gh"}'],
  ['XML that is cut off', '<xml><MsgType>text</MsgType>'],
  ['XML with another root', '<html><MsgType>text</MsgType></html>'],
  ['a text for a root', '<xml>text</xml>'],
  ['a document type', '<!DOCTYPE xml [<!ENTITY a "b">]><xml><MsgType>text</MsgType></xml>'],
  ['a document type inside', '<xml><MsgType>text</MsgType><!DOCTYPE xml [<!ENTITY a "b">]></xml>'],
  ['an endless CDATA', '<xml><MsgType><![CDATA[text</MsgType></xml>'],
  ['JSON deeper than any message', `{"MsgType":"text","a":${'['.repeat(20)}${']'.repeat(20)}}`],
  ['JSON deep enough to end a stack', `{"MsgType":"text","a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
  [
    'XML deeper than any message',
    `<xml><MsgType>text</MsgType>${'<a>'.repeat(20)}1${'</a>'.repeat(20)}</xml>`,
  ],
])('%s is not read', (_, text) => {
  expect(read(text)).toBeUndefined();
});

test('entities stay as they are', () => {
  expect(read('<xml><MsgType>text</MsgType><A>&amp;&#65;&b;</A></xml>')).toMatchObject({
    fields: { A: '&amp;&#65;&b;' },
  });
});

test('names that reach into prototypes reach nothing', () => {
  for (const text of [
    '{"MsgType":"text","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    '<xml><MsgType>text</MsgType><__proto__><polluted>1</polluted></__proto__></xml>',
  ]) {
    read(text);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  }
});
