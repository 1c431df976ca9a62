import { expect, test } from 'vitest';
import {
  changeMessage,
  type PushMessage,
  popupMessage,
  sentMessage,
} from '../../../local/wechat-simulator/events/push-message.ts';
import {
  type JsonHabits,
  renderJson,
  renderSealed,
  renderXml,
} from '../../../local/wechat-simulator/events/render-message.ts';

const stamped = (made: Omit<PushMessage, 'openid' | 'createTime'>): PushMessage => ({
  openid: 'oUser1',
  createTime: 1760000000,
  ...made,
});
const popup = stamped(
  popupMessage([
    { templateId: 'T1', status: 'accept' },
    { templateId: 'T2', status: 'reject' },
  ]),
);
const change = stamped(changeMessage(['T1']));
const sent = stamped(
  sentMessage({ templateId: 'T1', msgid: '1700000000000000001', errorCode: 0, errorStatus: 'success' }),
);
const AS_SEEN: JsonHabits = { jsonScalars: 'mixed', jsonListOfOne: 'object' };

const xmlOf = (event: string, list: string) =>
  `<xml><ToUserName><![CDATA[gh_abc]]></ToUserName><FromUserName><![CDATA[oUser1]]></FromUserName><CreateTime>1760000000</CreateTime><MsgType><![CDATA[event]]></MsgType><Event><![CDATA[${event}]]></Event>${list}</xml>`;

test('XML holds one List per item in the event’s wrapper, texts in CDATA and numbers bare', () => {
  expect(renderXml(popup, 'gh_abc')).toBe(
    xmlOf(
      'subscribe_msg_popup_event',
      '<SubscribeMsgPopupEvent><List><TemplateId><![CDATA[T1]]></TemplateId><SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>0</PopupScene></List><List><TemplateId><![CDATA[T2]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString><PopupScene>0</PopupScene></List></SubscribeMsgPopupEvent>',
    ),
  );
  expect(renderXml(change, 'gh_abc')).toBe(
    xmlOf(
      'subscribe_msg_change_event',
      '<SubscribeMsgChangeEvent><List><TemplateId><![CDATA[T1]]></TemplateId><SubscribeStatusString><![CDATA[reject]]></SubscribeStatusString></List></SubscribeMsgChangeEvent>',
    ),
  );
  expect(renderXml(sent, 'gh_abc')).toBe(
    xmlOf(
      'subscribe_msg_sent_event',
      '<SubscribeMsgSentEvent><List><TemplateId><![CDATA[T1]]></TemplateId><MsgID>1700000000000000001</MsgID><ErrorCode>0</ErrorCode><ErrorStatus><![CDATA[success]]></ErrorStatus></List></SubscribeMsgSentEvent>',
    ),
  );
});

test('JSON has no wrapper: List is an array for several, an object for one', () => {
  const head = '{"ToUserName":"gh_abc","FromUserName":"oUser1","CreateTime":1760000000,"MsgType":"event",';
  expect(renderJson(popup, 'gh_abc', AS_SEEN)).toBe(
    `${head}"Event":"subscribe_msg_popup_event","List":[{"TemplateId":"T1","SubscribeStatusString":"accept","PopupScene":"0"},{"TemplateId":"T2","SubscribeStatusString":"reject","PopupScene":"0"}]}`,
  );
  expect(renderJson(sent, 'gh_abc', AS_SEEN)).toBe(
    `${head}"Event":"subscribe_msg_sent_event","List":{"TemplateId":"T1","MsgID":"1700000000000000001","ErrorCode":"0","ErrorStatus":"success"}}`,
  );
  expect(renderJson(change, 'gh_abc', { ...AS_SEEN, jsonListOfOne: 'array' })).toContain(
    '"List":[{"TemplateId":"T1","SubscribeStatusString":"reject"}]',
  );
});

test('numbers in JSON are all quoted or all bare where the switch says so, with every digit', () => {
  expect(renderJson(sent, 'gh_abc', { ...AS_SEEN, jsonScalars: 'text' })).toMatch(
    /"CreateTime":"1760000000".*"MsgID":"1700000000000000001","ErrorCode":"0"/,
  );
  expect(renderJson(sent, 'gh_abc', { ...AS_SEEN, jsonScalars: 'number' })).toMatch(
    /"CreateTime":1760000000.*"MsgID":1700000000000000001,"ErrorCode":0/,
  );
});

test('a sent event can come without a MsgID', () => {
  const without = stamped(sentMessage({ templateId: 'T1', errorCode: 1, errorStatus: 'system error' }));
  expect(renderJson(without, 'gh_abc', AS_SEEN)).toContain(
    '"List":{"TemplateId":"T1","ErrorCode":"1","ErrorStatus":"system error"}',
  );
});

test('a compatible body holds the fields and the ciphertext, a sealed one the ciphertext alone', () => {
  expect(renderXml(change, 'gh_abc', 'c1ph+er/=')).toMatch(
    /<Event>.*<Encrypt><!\[CDATA\[c1ph\+er\/=\]\]><\/Encrypt><\/xml>$/,
  );
  expect(renderJson(change, 'gh_abc', AS_SEEN, 'c1ph+er/=')).toMatch(/"Event":.*,"Encrypt":"c1ph\+er\/="}$/);
  expect(renderSealed('xml', 'gh_abc', 'c1ph')).toBe(
    '<xml><ToUserName><![CDATA[gh_abc]]></ToUserName><Encrypt><![CDATA[c1ph]]></Encrypt></xml>',
  );
  expect(renderSealed('json', 'gh_abc', 'c1ph')).toBe('{"ToUserName":"gh_abc","Encrypt":"c1ph"}');
});

test('a message that is no event has its own fields; a text that ends CDATA is cut in two', () => {
  const text = stamped({ msgType: 'text', fields: { Content: 'a]]>b', MsgId: '12' } });
  expect(renderXml(text, 'gh_abc')).toContain(
    '<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[a]]]]><![CDATA[>b]]></Content><MsgId>12</MsgId></xml>',
  );
  expect(renderJson(text, 'gh_abc', AS_SEEN)).toContain('"MsgType":"text","Content":"a]]>b","MsgId":"12"}');
});
