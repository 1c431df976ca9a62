import type { Language } from './texts.ts';

interface Samples {
  /** The values of a reminder of an appointment at that day. */
  reminder(at: Date): Record<string, string>;
  /** What a template of the simulated WeChat says: its title, a label, a value that WeChat fixes. */
  word(chinese: string): string;
}

const ENGLISH: Readonly<Record<string, string>> = {
  预约提醒: 'Appointment reminder',
  预约项目: 'Appointment',
  预约时间: 'Time',
  门店地址: 'Address',
  联系电话: 'Phone',
  温馨提示: 'Please note',
  口腔洁治: 'Dental cleaning',
  中山路88号二楼: '88 Zhongshan Rd, 2F',
  请提前十分钟到店: 'Come 10 min early',
  '2026年11月24日 15:00~16:00': '2026-11-24 15:00',
  设备缺水提醒: 'Device is low on water',
  告警时间: 'Time of alarm',
  设备位置: 'Where it stands',
  告警内容: 'Alarm',
  客厅: 'Living room',
  卧室: 'Bedroom',
  阳台: 'Balcony',
  '水位过低，请及时加水': 'Water is low, please refill',
};

/** What the sample mini program sends, and what its templates say, by language. */
export const SAMPLES: Readonly<Record<Language, Samples>> = {
  zh: {
    reminder: (at) => ({
      thing1: '口腔洁治',
      time2: `${at.getFullYear()}年${at.getMonth() + 1}月${at.getDate()}日 15:00`,
      thing3: '中山路88号二楼',
      phone_number4: '020-81167888',
      thing5: '请提前十分钟到店',
    }),
    word: (chinese) => chinese,
  },
  en: {
    reminder: (at) => ({
      thing1: 'Dental cleaning',
      time2: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} 15:00`,
      thing3: '88 Zhongshan Rd, 2F',
      phone_number4: '020-81167888',
      thing5: 'Come 10 min early',
    }),
    word: (chinese) => ENGLISH[chinese] ?? chinese,
  },
};

function two(part: number): string {
  return String(part).padStart(2, '0');
}
