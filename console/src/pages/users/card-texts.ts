import { bilingual } from '../../bilingual.ts';

/** The words of a user's service cards. */
export const cardTexts = bilingual({
  en: {
    title: 'Service cards',
    status: 'Status',
    statuses: {
      activating: 'Activating',
      active: 'Active',
      refused: 'Refused',
      failed: 'Failed',
      expired: 'Expired',
      unknown: 'Unknown',
    },
    kind: 'Kind',
    shows: 'Shows',
    changing: 'A change is under way',
    outcome: 'WeChat’s answer',
    updated: 'Changed',
    until: 'Can be changed until',
  },
  zh: {
    title: '服务卡片',
    status: '状态',
    statuses: {
      activating: '激活中',
      active: '使用中',
      refused: '被拒收',
      failed: '失败',
      expired: '已过期',
      unknown: '结果未知',
    },
    kind: '种类',
    shows: '显示内容',
    changing: '有更新正在进行',
    outcome: '微信的应答',
    updated: '更新时间',
    until: '可更新至',
  },
});

/** What the kinds of cards are for, by `notifyType` (docs/wechat-contract.md §8.2b). */
export const kindNames = bilingual<Readonly<Record<number, string>>>({
  en: {
    1001: 'Taxi',
    1003: 'Local delivery',
    1004: 'Meal pick-up',
    1005: 'Restaurant queue',
    2001: 'Goods, by parcel',
    2002: 'Goods, collected',
    2003: 'Goods, virtual',
    2004: 'Sending a parcel',
    2005: 'Insurance',
    2006: 'Local delivery of an order',
    2007: 'Order to collect',
    2008: 'Hotel',
    2009: 'Flight',
    2010: 'Train, bus or ship',
    2011: 'Sights',
  },
  zh: {
    1001: '打车',
    1003: '同城配送',
    1004: '取餐',
    1005: '餐厅排队',
    2001: '购物快递',
    2002: '购物自提',
    2003: '虚拟商品',
    2004: '寄快递',
    2005: '保险',
    2006: '订单同城配送',
    2007: '订单到店取',
    2008: '酒店',
    2009: '机票',
    2010: '车船票',
    2011: '景区门票',
  },
});
