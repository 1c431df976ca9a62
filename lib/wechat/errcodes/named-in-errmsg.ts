import * as v from 'valibot';
import type { BilingualText } from '../../bilingual-text.ts';

/** The end is cut off for long keys, and "empty" used to be misspelled (WeChat contract §3.5). */
const FIELD = /data\.([A-Za-z_]+\d+)\.value(?: (is empty|is emtpy|invalid)\b)?/;

/**
 * Names the field that 47003 names, and what ails it where the text says so. Undefined when the text was cut
 * off before.
 */
export function mendField(errmsg: string): BilingualText | undefined {
  const [, key, invalid] = FIELD.exec(errmsg) ?? [];
  if (key === undefined) return undefined;
  const ails = namedWords(invalid);
  return {
    en: `The value of ${key} ${ails.en}. Correct data.${key}; the template may have changed since it was last read.`,
    zh: `字段 ${key} 的值${ails.zh}。请修改 data.${key}；模板也可能在上次同步后有改动。`,
  };
}

function namedWords(invalid: string | undefined): BilingualText {
  if (invalid === undefined)
    return { en: 'is empty or breaks the rule of its field', zh: '为空或不符合规则' };
  if (invalid === 'invalid') {
    return {
      en: 'is invalid: too long, or with characters that its kind does not allow',
      zh: '不符合规则：超长，或含有该类型不允许的字符',
    };
  }
  return { en: 'is empty or missing', zh: '为空或缺失' };
}

/** Names the address that 40164 names: the one to allow (WeChat contract §2.2). */
export function allowAddress(errmsg: string): BilingualText {
  const address = addressIn(errmsg);
  const en = address ? `the address ${address}` : 'the address of this service';
  const zh = address ? ` ${address}` : '本服务的出口 IP';
  return {
    en: `WeChat's IP allow-list lacks ${en}. Add it under 开发管理 → 开发设置 → IP 白名单; it takes some minutes to work.`,
    zh: `IP 白名单中没有${zh}。请到“开发管理 → 开发设置 → IP 白名单”添加，几分钟后生效。`,
  };
}

const ipAddress = v.pipe(v.string(), v.ip());

function addressIn(errmsg: string): string | undefined {
  // Without the last word: where the text is cut off, half an address can look like a whole one.
  const words = errmsg.split(/[\s,]+/).slice(0, -1);
  return words.find((word) => v.is(ipAddress, word));
}
