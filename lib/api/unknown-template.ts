import { withHint } from './input-rules.ts';
import { inputError, ProblemError } from './problem.ts';

/**
 * WeChat does not list the template that a caller named.
 *
 * @param meant the alias that was probably meant
 */
export function unknownTemplate(meant?: string): ProblemError {
  const rule = withHint({ en: 'No template of this account', zh: '当前账号没有这个模板' }, meant);
  return new ProblemError(
    'unknown-template',
    "WeChat lists no such template for this account, nor is it an alias. Take the id from the account's subscribe-message templates in WeChat's console, or from GET /v1/templates.",
    meant === undefined ? {} : { errors: [inputError('templateId', rule)] },
  );
}

/**
 * The address names a template that there is not.
 *
 * @param meant the alias that was probably meant
 */
export function templateNotFound(meant: string | undefined): ProblemError {
  const says = 'WeChat lists no such template for this account, nor is it an alias.';
  if (meant === undefined) return new ProblemError('not-found', `${says} GET /v1/templates lists them all.`);
  return new ProblemError('not-found', `${says} Did you mean "${meant}"?`, {
    remedy: {
      en: `Write "${meant}" in the address, if that was meant; GET /v1/templates lists all templates.`,
      zh: `如果要找的是 "${meant}"，请在地址中改用它；GET /v1/templates 可列出全部模板。`,
    },
  });
}
