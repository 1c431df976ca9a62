/** More than are ever in flight. */
export const CONNECTIONS = 256;

/** What the templates of the measurement ask for. */
export const DATA = {
  thing1: '普洱茶饼 2019 年',
  amount2: '128.00元',
  date3: '2026年11月23日 12:30',
  thing4: '您收藏的商品已降价',
};

/** The same in WeChat's form. */
export const WIRE_DATA = Object.fromEntries(Object.entries(DATA).map(([key, value]) => [key, { value }]));

/** The template that is sent. */
export const TEMPLATE_ID = 'bench_template_id_0123456789abcdefghijklmnop';

/** The same as WeChat knows it. */
export const TEMPLATE = {
  templateId: TEMPLATE_ID,
  title: '降价提醒',
  kind: 'one-time' as const,
  keywords: [
    { key: 'thing1', label: '商品', example: '普洱茶饼' },
    { key: 'amount2', label: '现价', example: '128.00元' },
    { key: 'date3', label: '时间', example: '2026年11月23日 12:30' },
    { key: 'thing4', label: '说明', example: '您收藏的商品已降价' },
  ],
};

/** A request's body. */
export function body(openid: string): string {
  return JSON.stringify({
    touser: openid,
    template_id: TEMPLATE_ID,
    page: 'pages/item?id=1',
    miniprogram_state: 'formal',
    lang: 'zh_CN',
    data: WIRE_DATA,
  });
}
