import type { BilingualText } from '../../bilingual-text.ts';
import type { ValidationError } from '../campaign-input.ts';
import { VARIABLE_NAME } from '../variables.ts';

const OPENID = /^[A-Za-z0-9_-]{1,128}$/;

/** The most variables of one recipient. */
export const MOST_VARIABLES = 20;

/** The most bytes of all variables of one recipient, so that a page of recipients stays within DynamoDB's 400 kB. */
const MOST_BYTES = 2_000;

/** The form of an openid in words. */
export const OPENID_RULE: BilingualText = {
  en: 'must be an openid: 1 to 128 letters, digits, - or _',
  zh: '应为 openid：1 至 128 个字母、数字、- 或 _',
};

/** What is wrong with an openid. */
export function openidError(openid: string): ValidationError | undefined {
  if (OPENID.test(openid)) return undefined;
  return { path: 'openid', message: OPENID_RULE };
}

/** What is wrong with a recipient's variables as such; whether they fit the texts is another question. */
export function variablesError(variables: Readonly<Record<string, string>>): ValidationError | undefined {
  const entries = Object.entries(variables);
  if (entries.length > MOST_VARIABLES) {
    const message = { en: `must be at most ${MOST_VARIABLES}`, zh: `最多 ${MOST_VARIABLES} 个` };
    return { path: 'variables', message };
  }
  const misnamed = entries.find(([name]) => !VARIABLE_NAME.test(name));
  if (misnamed) {
    return {
      path: 'variables',
      message: {
        en: 'must be named with letters, digits, _ and -, beginning with a letter',
        zh: '变量名只能用字母、数字、_ 和 -，且以字母开头',
      },
    };
  }
  const bytes = entries.reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= MOST_BYTES) return undefined;
  return {
    path: 'variables',
    message: { en: `must be at most ${MOST_BYTES} bytes together`, zh: `合计不能超过 ${MOST_BYTES} 字节` },
  };
}
