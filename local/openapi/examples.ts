import { ProblemError } from '../../lib/api/problem.ts';
import { campaignExamples, data, type Examples, openid, templateId } from './campaign-examples.ts';

const message = {
  id: 'm_0k3Zq8vT1xY',
  to: openid,
  templateId,
  templateAlias: 'price-drop',
  data,
  page: 'pages/goods/detail?id=7',
  miniprogramState: 'formal',
  lang: 'zh_CN',
  status: 'queued',
  sendAt: '2026-12-01T01:00:00.000Z',
  createdAt: '2026-12-01T01:00:00.000Z',
  updatedAt: '2026-12-01T01:00:00.000Z',
  attempts: 0,
};

const parcel = {
  cur_status: 4,
  wxa_path_query: 'pages/order/detail?id=7',
};

const card = {
  id: 'card_0123456789abcdef0123456789abcdef_oDemo_xiaoming_EssXvvJkkoj58',
  to: openid,
  notifyType: 2001,
  content: parcel,
  status: 'active',
  changing: true,
  attempts: 1,
  expiresAt: '2026-12-31T01:00:00.000Z',
  createdAt: '2026-12-01T01:00:00.000Z',
  updatedAt: '2026-12-01T02:00:00.000Z',
};

const noGrant = new ProblemError('no-grant', 'The user has no grant left for this template.');
const unknownField = new ProblemError('invalid-body', 'Correct touser.', {
  errors: [
    {
      path: 'touser',
      message: 'Unknown field; did you mean "to"?',
      zh: '未知字段，是否想写 "to"？',
    },
  ],
});

/** A problem of each of the commonest statuses. */
export const problemExamples: readonly ProblemError[] = [noGrant, unknownField];

/** The examples of the document by operation. */
export const examples: Readonly<Record<string, Examples>> = {
  openSession: {
    body: { login: { summary: 'The code from wx.login', value: { code: '0e3xYz1w3lQ0aB1' } } },
    answer: { token: 'the.session.token', expiresAt: '2026-12-08T01:00:00.000Z', openid },
  },
  reportGrants: {
    body: {
      user: {
        summary: 'A user, with the whole result of wx.requestSubscribeMessage',
        value: {
          requestId: 'tap-20261201-0001',
          results: { [templateId]: 'accept', errMsg: 'requestSubscribeMessage:ok' },
        },
      },
      operator: {
        summary: 'An operator, for a user',
        value: { requestId: 'tap-20261201-0002', results: { 'price-drop': 'accept' }, openid },
      },
    },
    answer: {
      grants: [
        {
          openid,
          templateId,
          templateAlias: 'price-drop',
          kind: 'one-time',
          available: 1,
          held: 0,
          spent: 0,
          lastStatus: 'accept',
          updatedAt: '2026-12-01T01:00:00.000Z',
        },
      ],
    },
  },
  createMessage: {
    body: {
      texts: {
        summary: 'Now',
        value: { to: openid, templateId: 'price-drop', data, page: 'pages/goods/detail?id=7' },
      },
      wrapped: {
        summary: "At a time, with data in WeChat's own form",
        value: {
          to: openid,
          templateId,
          data: { thing1: { value: data.thing1 }, amount2: { value: data.amount2 } },
          sendAt: '2026-12-01T09:00:00+08:00',
        },
      },
      digest: {
        summary: 'In the place of the one that waits under the same key, until noon',
        value: {
          to: openid,
          templateId: 'price-drop',
          data,
          collapseKey: 'price-drops-of-today',
          sendAt: '2026-12-01T09:00:00+08:00',
          expiresAt: '2026-12-01T12:00:00+08:00',
        },
      },
    },
    answer: message,
  },
  createMessages: {
    body: {
      two: {
        summary: 'Two messages, each with a key of its own',
        value: {
          messages: [
            { to: openid, templateId: 'price-drop', data, idempotencyKey: 'price-4711-xiaoming' },
            { to: 'oDemo_xiaohong', templateId: 'price-drop', data, idempotencyKey: 'price-4711-xiaohong' },
          ],
        },
      },
    },
    answer: {
      items: [
        { index: 0, message },
        { index: 1, problem: noGrant.toProblem() },
      ],
    },
  },
  createCard: {
    body: {
      order: {
        summary: 'For a pay order',
        value: {
          to: openid,
          notifyType: 2001,
          code: '4200001855202305090060871147',
          content: {
            cur_status: 2,
            product_count: 1,
            product_list: {
              info_list: [
                {
                  product_img: 'https://example.com/cup.png',
                  product_name: '青鸟保温杯',
                  product_path_query: 'pages/goods/detail?id=7',
                },
              ],
            },
            wxa_path_query: 'pages/order/detail?id=7',
          },
          check: { payAmount: 9900, payTime: '2026-12-01T09:00:00+08:00' },
        },
      },
      tap: {
        summary: 'For a tap on the button of a restaurant queue',
        value: {
          to: openid,
          notifyType: 1005,
          code: 'code-of-the-tap',
          content: {
            cur_status: 1,
            queue_number: 'A121',
            current_number: 'A101',
            min_wait_time: 600,
            max_wait_time: 900,
            wxa_path_query: 'pages/queue/index',
          },
        },
      },
    },
    answer: { ...card, status: 'activating', attempts: 0 },
  },
  changeCard: { body: { sent: { summary: 'Sent off', value: { content: parcel } } }, answer: card },
  getCard: { answer: card },
  addTemplate: {
    body: {
      shipped: {
        summary: 'A title, and three of its keywords in the order of the card',
        value: { tid: '403', keywordIds: [2, 3, 1], sceneDescription: '发货后通知买家' },
      },
    },
  },
  deleteTemplate: { answer: { templateId, canceledMessages: 0, endedCampaigns: [] } },
  checkData: { body: { fitted: { summary: 'With fitting', value: { data, fit: true } } } },
  ...campaignExamples,
  receiveEvent: {
    text: {
      'application/json': { ToUserName: 'gh_0123456789ab', Encrypt: 'what WeChat sealed' },
      'text/xml':
        '<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName><Encrypt><![CDATA[what WeChat sealed]]></Encrypt></xml>',
    },
  },
};
