import type { FieldProblem } from '../templates/field-problem.ts';
import { TemplateCallError } from '../templates/template-call-error.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { inputError, invalidInput, type ProblemCode, ProblemError } from './problem.ts';
import { withHint } from './schemas/error-messages.ts';

/** The problems of a route that asks WeChat. */
export const WECHAT_PROBLEMS = ['wechat-refused', 'wechat-unavailable'] as const;

/** The result of work that may ask WeChat for templates. @throws ProblemError where WeChat gave none */
export async function orLookupProblem<T>(
  work: Promise<T>,
  detailOf: (error: TemplateCallError) => string = () =>
    'The template is not known yet and could not be looked up at WeChat. Nothing was stored; try again.',
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TemplateCallError)) throw error;
    const { wechat, cause } = error;
    const detail = detailOf(error);
    if (!wechat)
      throw new ProblemError('wechat-unavailable', detail, { headers: { 'retry-after': '10' } }, cause);
    const remedy = remedyFor(wechat.errcode, wechat.errmsg, 'templates');
    throw new ProblemError('wechat-refused', detail, { wechat, remedy });
  }
}

const NOT_LISTED = 'WeChat lists no such template for this account, nor is it an alias.';

/** The body names a template that WeChat does not list. `meant` is the alias that was probably meant. */
export function unknownTemplate(meant?: string): ProblemError {
  const rule = withHint({ en: 'No template of this account', zh: '当前账号没有这个模板' }, meant);
  return new ProblemError(
    'unknown-template',
    `${NOT_LISTED} Take the id from the account's subscribe-message templates in WeChat's console, or from GET /v1/templates.`,
    meant === undefined ? {} : { errors: [inputError('templateId', rule)] },
  );
}

/** The address names a template that WeChat does not list. `meant` is the alias that was probably meant. */
export function templateNotFound(meant: string | undefined): ProblemError {
  if (meant === undefined)
    return new ProblemError('not-found', `${NOT_LISTED} GET /v1/templates lists them all.`);
  return new ProblemError('not-found', `${NOT_LISTED} Did you mean "${meant}"?`, {
    remedy: {
      en: `Write "${meant}" in the address, if that was meant; GET /v1/templates lists all templates.`,
      zh: `如果要找的是 "${meant}"，请在地址中改用它；GET /v1/templates 可列出全部模板。`,
    },
  });
}

/** Everything that is wrong with data, with its rule and what to do. */
export function invalidData(problems: readonly FieldProblem[]): ProblemError {
  const errors = problems.map(({ path, message, ...more }) => ({ ...inputError(path, message), ...more }));
  return invalidInput('invalid-data', errors);
}

/** Which part of the request a refusal of WeChat's is about, and as what it is told (WeChat contract §5.3). */
export type FieldsOf = ReadonlyMap<number, readonly [code: ProblemCode, path: string]>;

/** Waits for WeChat's library. `failed` says what was not done. @throws ProblemError without an answer */
export function orLibraryProblem<T>(
  work: Promise<T>,
  failed: string,
  fields: FieldsOf = new Map(),
): Promise<T> {
  return orFieldProblem(
    orLookupProblem(work, ({ reason }) => `${failed} ${reason}`),
    fields,
  );
}

/** Tells a refusal of WeChat's that is about one part of the request as a fault of that part. */
async function orFieldProblem<T>(work: Promise<T>, fields: FieldsOf): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { wechat, remedy } = error.extras;
    const [code, path] = (wechat && fields.get(wechat.errcode)) ?? [];
    if (!code || !path || !wechat || !remedy) throw error;
    const errors = [inputError(path, remedy)];
    throw new ProblemError(code, `WeChat refused ${path}. ${remedy.en}`, { errors, wechat, remedy });
  }
}

/** An alias that the settings give, which the API does not change. */
export function aliasInSettings(): ProblemError {
  return new ProblemError(
    'alias-in-settings',
    'TEMPLATE_ALIASES names this template or uses this alias. Change it there, or take another alias.',
  );
}
