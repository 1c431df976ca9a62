import { describe, expect, test } from 'vitest';
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

describe('the shapes that are taken (WeChat contract §6.2b)', () => {
  const named = (event: string, more: string) =>
    `{"FromUserName":"oUser1","CreateTime":1760000000,"MsgType":"event","Event":"${event}",${more}}`;
  const ONE = '{"TemplateId":"T1","SubscribeStatusString":"accept","PopupScene":0}';
  const TWO = '{"TemplateId":"T2","SubscribeStatusString":"reject","PopupScene":0}';
  const W = 'SubscribeMsgPopupEvent';

  test.each([
    ['an array under List', `"List":[${ONE},${TWO}]`],
    ['an array right under the wrapper', `"${W}":[${ONE},${TWO}]`],
    ['an array under the List of the wrapper', `"${W}":{"List":[${ONE},${TWO}]}`],
    ['wrappers in an array, each with its List', `"${W}":[{"List":${ONE}},{"List":[${TWO}]}]`],
    ['an array under List beside an empty wrapper', `"${W}":null,"List":[${ONE},${TWO}]`],
    ['one under the wrapper, one under List', `"${W}":${ONE},"List":${TWO}`],
  ])('JSON: %s', (_, more) => {
    expect(read(named('subscribe_msg_popup_event', more))).toEqual({ type: 'subscribe', event: POPUP });
  });

  const T1 = '<TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString>';
  const T2 = '<TemplateId>T2</TemplateId><SubscribeStatusString>reject</SubscribeStatusString>';
  const scene = '<PopupScene>0</PopupScene>';
  test.each([
    ['items right under wrappers', `<${W}>${T1}${scene}</${W}><${W}>${T2}${scene}</${W}>`],
    [
      'a List in each of two wrappers',
      [T1, T2].map((t) => `<${W}><List>${t}${scene}</List></${W}>`).join(''),
    ],
    ['lists without a wrapper', `<List>${T1}${scene}</List><List>${T2}${scene}</List>`],
    [
      'white space around the values',
      `<${W}><List> ${T1.replace('T1', ' T1 ')} ${scene}</List><List>${T2}${scene}</List></${W}>`,
    ],
  ])('XML: %s', (_, items) => {
    expect(read(`<xml>${head('subscribe_msg_popup_event')}${items}</xml>`)).toEqual({
      type: 'subscribe',
      event: POPUP,
    });
  });

  test.each(['null', '""', '" "', '"x"', '{}', '[]', 'true', '1.5'])('a PopupScene of %s is none', (odd) => {
    const list = `{"TemplateId":"T1","SubscribeStatusString":"accept","PopupScene":${odd}}`;
    expect(read(json('subscribe_msg_popup_event', list))).toEqual({
      type: 'subscribe',
      event: { ...POPUP, items: [{ templateId: 'T1', status: 'accept' }] },
    });
  });

  test.each(['', '<PopupScene/>', '<PopupScene></PopupScene>', '<PopupScene><![CDATA[]]></PopupScene>'])(
    'XML: a PopupScene of "%s" is none',
    (odd) => {
      const xml = `<xml>${head('subscribe_msg_popup_event')}<${W}><List>${T1}${odd}</List></${W}></xml>`;
      expect(read(xml)).toMatchObject({ event: { items: [{ templateId: 'T1', status: 'accept' }] } });
    },
  );

  const sent = (more: string) => read(json('subscribe_msg_sent_event', `{"TemplateId":"T1"${more}}`));

  test.each([
    [',"ErrorCode":0', { errcode: 0, errorStatus: '' }],
    [',"ErrorCode":"0","ErrorStatus":null', { errcode: 0, errorStatus: '' }],
    [',"ErrorCode":0,"ErrorStatus":7', { errcode: 0, errorStatus: '7' }],
    [',"ErrorCode":0,"ErrorStatus":{}', { errcode: 0, errorStatus: '' }],
    [',"ErrorCode":" 0 ","ErrorStatus":"success"', { errcode: 0, errorStatus: 'success' }],
    [',"ErrorStatus":"success"', { errcode: 0, errorStatus: 'success' }],
    [',"ErrorCode":null,"ErrorStatus":"success"', { errcode: 0, errorStatus: 'success' }],
    [',"ErrorCode":"","ErrorStatus":"Success"', { errcode: 0, errorStatus: 'Success' }],
    [',"ErrorCode":0,"MsgID":null', { errcode: 0, errorStatus: '' }],
    [',"ErrorCode":0,"MsgID":"x"', { errcode: 0, errorStatus: '' }],
    [',"ErrorCode":0,"MsgID":{}', { errcode: 0, errorStatus: '' }],
    [',"ErrorCode":0,"MsgID":5', { errcode: 0, errorStatus: '', msgid: '5' }],
    [',"ErrorCode":4,"ErrorStatus":"success"', { errcode: 4, errorStatus: 'success' }],
  ])('the end of a send with %s', (more, item) => {
    expect(sent(more)).toEqual({
      type: 'subscribe',
      event: { ...SENT, items: [{ templateId: 'T1', ...item }] },
    });
  });

  test.each([
    '',
    ',"ErrorCode":null',
    ',"ErrorCode":"","ErrorStatus":"fail"',
    ',"ErrorCode":"x"',
    ',"ErrorCode":{}',
  ])('a send of which nothing says how it ended (%s) is not taken for one that failed', (more) => {
    expect(sent(more)).toMatchObject({ type: 'other', problems: ['List.0.ErrorCode'] });
  });

  test.each([
    [
      'a template id that is none',
      '{"TemplateId":"T#1","SubscribeStatusString":"accept"}',
      'List.1.TemplateId',
    ],
    ['no template id', '{"SubscribeStatusString":"accept"}', 'List.1.TemplateId'],
    ['a status of null', '{"TemplateId":"T1","SubscribeStatusString":null}', 'List.1.SubscribeStatusString'],
    ['an empty status', '{"TemplateId":"T1","SubscribeStatusString":""}', 'List.1.SubscribeStatusString'],
    ['null', 'null', 'List.1'],
    ['a text', '"T1"', 'List.1'],
    ['a list', '[]', 'List.1.TemplateId'],
  ])('an item that is %s loses none beside it, and is named', (_, bad, path) => {
    const message = read(json('subscribe_msg_popup_event', `[${ONE},${bad},${TWO}]`));
    expect(message).toMatchObject({ type: 'subscribe', event: POPUP });
    expect(message).toMatchObject({ problems: expect.arrayContaining([path]) });
  });

  test('XML: an empty List loses none beside it', () => {
    const xml = `<xml>${head('subscribe_msg_popup_event')}<${W}><List></List><List>${T1}</List></${W}></xml>`;
    expect(read(xml)).toMatchObject({
      event: { items: [{ templateId: 'T1', status: 'accept' }] },
      problems: ['List.0'],
    });
  });
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
