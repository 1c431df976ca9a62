import type { FieldKind } from './field-rules.ts';

/** One keyword that a public title offers; a template takes two to five of them. */
export interface PublicKeyword {
  readonly kid: number;
  readonly name: string;
  readonly example: string;
  /** The kind of field that it becomes. */
  readonly rule: Exclude<FieldKind, 'enum_string'>;
  /** What an `enum` may say. */
  readonly values?: readonly string[];
}

/** One title of WeChat's public library. */
export interface PublicTitle {
  readonly tid: number;
  readonly title: string;
  /** 2 one-time, 3 long-term. */
  readonly type: 2 | 3;
  readonly categoryId: number;
  readonly keywords: readonly PublicKeyword[];
}

/** The categories that the account has chosen. */
export const CATEGORIES: readonly { readonly id: number; readonly name: string }[] = [
  { id: 307, name: '服装/鞋/箱包' },
  { id: 616, name: '公立医疗机构' },
  { id: 732, name: '停车' },
];

/** A small part of the library, in WeChat's manner: more keywords than one template can hold. */
export const PUBLIC_TITLES: readonly PublicTitle[] = [
  {
    tid: 403,
    title: '订单发货通知',
    type: 2,
    categoryId: 307,
    keywords: [
      { kid: 1, name: '订单编号', example: 'DD202611230018', rule: 'character_string' },
      { kid: 2, name: '商品名称', example: '云南高山普洱茶饼', rule: 'thing' },
      { kid: 3, name: '快递公司', example: '顺丰速运', rule: 'thing' },
      { kid: 4, name: '快递单号', example: 'SF1390026457812', rule: 'character_string' },
      { kid: 5, name: '发货时间', example: '2026年11月23日 15:01', rule: 'time' },
      { kid: 6, name: '收货人', example: '王小明', rule: 'name' },
      { kid: 7, name: '联系电话', example: '020-81167888', rule: 'phone_number' },
    ],
  },
  {
    tid: 1221,
    title: '退款成功通知',
    type: 2,
    categoryId: 307,
    keywords: [
      { kid: 1, name: '退款金额', example: '￥99.00', rule: 'amount' },
      { kid: 2, name: '商品名称', example: '纯棉短袖', rule: 'thing' },
      { kid: 3, name: '退款时间', example: '2026-11-23 15:01', rule: 'date' },
      { kid: 4, name: '退款状态', example: '已退款', rule: 'phrase' },
      { kid: 5, name: '备注', example: '一至三个工作日到账', rule: 'thing' },
    ],
  },
  {
    tid: 2001,
    title: '商品降价提醒',
    type: 2,
    categoryId: 307,
    keywords: [
      { kid: 1, name: '商品名称', example: '无线降噪耳机', rule: 'thing' },
      { kid: 2, name: '当前价格', example: '￥399.00', rule: 'amount' },
      { kid: 3, name: '原价', example: '￥599.00', rule: 'amount' },
      { kid: 4, name: '备注', example: '库存有限，先到先得', rule: 'thing' },
    ],
  },
  {
    tid: 5310,
    title: '就诊提醒',
    type: 2,
    categoryId: 616,
    keywords: [
      { kid: 1, name: '就诊人', example: '王小明', rule: 'name' },
      { kid: 2, name: '就诊科室', example: '心血管内科', rule: 'thing' },
      { kid: 3, name: '就诊时间', example: '2026年12月1日 09:30', rule: 'date' },
      { kid: 4, name: '排队号', example: '18', rule: 'number' },
    ],
  },
  {
    tid: 5311,
    title: '报告出具通知',
    type: 3,
    categoryId: 616,
    keywords: [
      { kid: 1, name: '就诊人', example: '王小明', rule: 'name' },
      { kid: 2, name: '报告名称', example: '血常规', rule: 'thing' },
      { kid: 3, name: '出具时间', example: '2026-12-01 16:20', rule: 'time' },
    ],
  },
  {
    tid: 7102,
    title: '停车缴费通知',
    type: 2,
    categoryId: 732,
    keywords: [
      { kid: 1, name: '车牌号', example: '粤A8Z888', rule: 'car_number' },
      { kid: 2, name: '缴费状态', example: '待缴费', rule: 'enum', values: ['待缴费', '已缴费', '已超时'] },
      { kid: 3, name: '停车费用', example: '15.50元', rule: 'amount' },
      { kid: 4, name: '入场时间', example: '2026-11-23 08:15', rule: 'date' },
      { kid: 5, name: '停车时长', example: '3.5', rule: 'number' },
    ],
  },
];

/** The title of that `tid`, which SDKs write as a number or as text. */
export function publicTitle(tid: unknown): PublicTitle | undefined {
  const known = typeof tid === 'number' || typeof tid === 'string' ? String(tid) : '';
  return PUBLIC_TITLES.find((title) => String(title.tid) === known);
}
