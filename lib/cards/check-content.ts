import type { BilingualText } from '../bilingual-text.ts';
import { codeSourceOf, KNOWN_TYPES } from './card-kinds.ts';

/** What is wrong with, or to be said of, one member of a request for a card. */
export interface CardRemark extends BilingualText {
  readonly path: string;
}

/** A remark that does not stop the request, with a stable code. */
export interface CardWarning extends CardRemark {
  readonly code: string;
}

type Content = Readonly<Record<string, unknown>>;

/**
 * What surely makes WeChat refuse a content of this kind: every page that lists the members of one demands
 * these two (WeChat contract §8.2b). The rest is WeChat's to check, because the pages change.
 */
export function contentErrors(notifyType: number, content: Content): readonly CardRemark[] {
  if (!KNOWN_TYPES.includes(notifyType)) return [];
  return [
    ...(Number.isInteger(content['cur_status'])
      ? []
      : [
          {
            path: 'content.cur_status',
            en: 'must be the number of the state, as the page of this kind of card lists it',
            zh: '应为状态编号（整数），见该卡片微信文档的 cur_status 表',
          },
        ]),
    ...(typeof content['wxa_path_query'] === 'string'
      ? []
      : [
          {
            path: 'content.wxa_path_query',
            en: 'must be the page that the card opens, such as pages/order/detail?id=7; it may be empty',
            zh: '应为点击卡片打开的页面，例如 pages/order/detail?id=7，可为空文本',
          },
        ]),
  ];
}

const DAY_MS = 24 * 60 * 60_000;

/** What is wrong with the facts by which WeChat checks a pay order. */
export function payCheckErrors(
  notifyType: number,
  check: { readonly payTimeMs: number } | undefined,
  nowMs: number,
): readonly CardRemark[] {
  if (codeSourceOf(notifyType) !== 'order') return [];
  if (!check) {
    return [
      {
        path: 'check',
        en: 'must name payAmount and payTime of the pay order, by which WeChat checks the code of this kind of card',
        zh: '此类卡片以微信支付订单号为 code，须提供订单的 payAmount 和 payTime',
      },
    ];
  }
  if (check.payTimeMs + DAY_MS > nowMs) return [];
  return [
    {
      path: 'check.payTime',
      en: 'must be in the last 24 hours, within which WeChat lets a pay order be activated',
      zh: '应在 24 小时以内，微信只允许在支付后 24 小时内激活',
    },
  ];
}

/** What may be wrong with the kind of a card. */
export function kindWarnings(notifyType: number): readonly CardWarning[] {
  if (KNOWN_TYPES.includes(notifyType)) return [];
  return [
    {
      path: 'notifyType',
      code: 'unknown-kind',
      en: 'No page of WeChat’s that this service knows lists this kind of card. It is passed on as it is.',
      zh: '本服务所知的微信文档中没有这种卡片，将原样提交给微信。',
    },
  ];
}

/** The remark that somebody's published table, and no page, lets no such step happen. */
export const UNLIKELY_STEP: CardWarning = {
  path: 'content.cur_status',
  code: 'state-order',
  en: 'By what others published, WeChat does not let this state follow. It is passed on as it is.',
  zh: '据他人公开的资料，微信可能不允许变更到这个状态，将原样提交给微信。',
};
