import type { Template } from './templates.ts';

/** Users that exist in a fresh simulator's first app. */
export const SAMPLE_OPENIDS: readonly string[] = [
  'oDemo_xiaoming_EssXvvJkkoj58',
  'oDemo_xiaohong_rYRajOmJnrJ4D',
];

const ORDER_SHIPPED: Template = {
  templateId: 'order-shipped_ZzNI5R4cVTloxofXcqjqVzRLg1X6M',
  title: '订单发货通知',
  kind: 'one-time',
  keywords: [
    { key: 'character_string1', label: '订单编号', example: 'DD202611230018' },
    { key: 'thing2', label: '商品名称', example: '云南高山普洱茶饼' },
    { key: 'thing3', label: '快递公司', example: '顺丰速运' },
    { key: 'character_string4', label: '快递单号', example: 'SF1390026457812' },
    { key: 'time5', label: '发货时间', example: '2026年11月23日 15:01' },
  ],
};

const APPOINTMENT: Template = {
  templateId: 'appointment_zznh6QxLmYCL1PjbDFwMnQ6e6nph5nT',
  title: '预约提醒',
  kind: 'one-time',
  keywords: [
    { key: 'thing1', label: '预约项目', example: '口腔洁治' },
    { key: 'time2', label: '预约时间', example: '2026年11月24日 15:00~16:00' },
    { key: 'thing3', label: '门店地址', example: '中山路88号二楼' },
    { key: 'phone_number4', label: '联系电话', example: '020-81167888' },
    { key: 'thing5', label: '温馨提示', example: '请提前十分钟到店' },
  ],
};

const PRICE_DROP: Template = {
  templateId: 'price-drop_qa1fMe1hKcNCRrrmT50jd3HJgQyC8R4s',
  title: '商品降价提醒',
  kind: 'one-time',
  keywords: [
    { key: 'thing1', label: '商品名称', example: '无线降噪耳机' },
    { key: 'amount2', label: '当前价格', example: '￥399.00' },
    { key: 'amount3', label: '原价', example: '￥599.00' },
    { key: 'thing4', label: '备注', example: '库存有限，先到先得' },
  ],
};

const FOLLOW_UP_VISIT: Template = {
  templateId: 'follow-up-visit_tE9CDYBcyTOwDwpqLykpxlMjeMa',
  title: '复诊提醒',
  kind: 'long-term',
  keywords: [
    { key: 'name1', label: '就诊人', example: '王小明' },
    { key: 'thing2', label: '就诊科室', example: '心血管内科' },
    { key: 'date3', label: '复诊时间', example: '2026年12月1日 09:30' },
    { key: 'phrase4', label: '就诊类型', example: '复诊' },
    { key: 'thing5', label: '备注', example: '请携带上次的检查报告' },
  ],
};

const PARKING_FEE: Template = {
  templateId: 'parking-fee_qGrH9j3A8dRdy7eCmwvqlLiDjeHVmc9',
  title: '停车缴费通知',
  kind: 'one-time',
  keywords: [
    { key: 'car_number1', label: '车牌号', example: '粤A8Z888' },
    { key: 'enum_string2', label: '缴费状态', example: '待缴费', values: ['待缴费', '已缴费', '已超时'] },
    { key: 'amount3', label: '停车费用', example: '15.50元' },
    { key: 'date4', label: '入场时间', example: '2026-11-23 08:15' },
    { key: 'number5', label: '停车时长', example: '3.5' },
  ],
};

/** One message a month for each policy number. */
const POLICY_EXPIRES: Template = {
  templateId: 'policy-expires_mTkw0y1Zb8XhQ3uRr5sVnJc7PaLe',
  title: '保单到期提醒',
  kind: 'limited',
  rate: { key: 'character_string1', every: 'month' },
  keywords: [
    { key: 'character_string1', label: '保单编号', example: 'P2026112300018' },
    { key: 'thing2', label: '保险名称', example: '家庭财产保险' },
    { key: 'date3', label: '到期日期', example: '2026年12月23日' },
  ],
};

const LOW_WATER: Template = {
  templateId: 'low-water_W3nGq8dYx0VfKtB5zRmHs1uCjPoLaEi7',
  title: '设备缺水提醒',
  kind: 'device',
  modelId: 'xo_Ao7bO0L5Glb9U0XKqLw',
  keywords: [
    { key: 'time1', label: '告警时间', example: '2026-11-23 10:59:41' },
    { key: 'enum_string2', label: '设备位置', example: '客厅', values: ['客厅', '卧室', '阳台'] },
    {
      key: 'enum_string3',
      label: '告警内容',
      example: '水位过低，请及时加水',
      values: ['水位过低，请及时加水'],
    },
  ],
};

/** Templates of a fresh simulator's first app, as gettemplate gives real ones. */
export const SAMPLE_TEMPLATES: readonly Template[] = [
  ORDER_SHIPPED,
  APPOINTMENT,
  PRICE_DROP,
  FOLLOW_UP_VISIT,
  PARKING_FEE,
  POLICY_EXPIRES,
  LOW_WATER,
];

/** What an app is like that nothing is said of. */
export interface SampleApp {
  readonly appId: string;
  readonly appSecret: string;
  readonly templates: readonly Template[];
  readonly openids: readonly string[];
}

/** The app that is the `number`th, from 1. Users and templates are alike in each, under ids of their own, as at WeChat. */
export function sampleApp(number: number): SampleApp {
  if (number === 1) {
    return {
      appId: 'wx5e1fa0c0ffee1234',
      appSecret: '5ec2e7f00000000000000000000000aa',
      templates: SAMPLE_TEMPLATES,
      openids: SAMPLE_OPENIDS,
    };
  }
  const mark = `App${number}`;
  const marked = (id: string) => id.replace(/_.*/, (rest) => `_${mark}${rest.slice(mark.length + 1)}`);
  return {
    appId: `wx5e1fa0c0ffee${String(number).padStart(4, '0')}`,
    appSecret: `5ec2e7f0${String(number).padStart(24, '0')}`,
    templates: SAMPLE_TEMPLATES.map((template) => ({ ...template, templateId: marked(template.templateId) })),
    openids: SAMPLE_OPENIDS.map((openid) => openid.replace('oDemo', `o${mark}`)),
  };
}
