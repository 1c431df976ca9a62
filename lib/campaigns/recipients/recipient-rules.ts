import type { BilingualText } from '../../bilingual-text.ts';
import type { ValidationError } from '../campaign-input.ts';
import { VARIABLE_NAME } from '../variables.ts';

const OPENID = /^[A-Za-z0-9_-]{1,128}$/;

/** How many variables one recipient has at most. */
export const MAX_VARIABLES = 20;

/** Bytes of one recipient's variables, so that a page of recipients stays within DynamoDB's 400 kB. */
export const MAX_VARIABLES_BYTES = 2_000;

/** The rule that {@link openidError} checks. */
export const OPENID_RULE: BilingualText = {
  en: 'must be an openid: 1 to 128 letters, digits, - or _',
  zh: '应为 openid：1 至 128 个字母、数字、- 或 _',
};

/** What is wrong with an openid, if anything. */
export function openidError(openid: string): ValidationError | undefined {
  if (OPENID.test(openid)) return undefined;
  return { path: 'openid', message: OPENID_RULE };
}

/** What is wrong with a recipient's variables, whatever the texts; if anything. */
export function variablesError(variables: Readonly<Record<string, string>>): ValidationError | undefined {
  const entries = Object.entries(variables);
  if (entries.length > MAX_VARIABLES) {
    const message = { en: `must be at most ${MAX_VARIABLES}`, zh: `最多 ${MAX_VARIABLES} 个` };
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
  if (bytes <= MAX_VARIABLES_BYTES) return undefined;
  return {
    path: 'variables',
    message: {
      en: `must be at most ${MAX_VARIABLES_BYTES} bytes together`,
      zh: `合计不能超过 ${MAX_VARIABLES_BYTES} 字节`,
    },
  };
}
