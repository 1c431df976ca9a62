import type { BilingualText } from '../bilingual-text.ts';
import type { TemplateLookupError } from '../templates/template-lookup-error.ts';
import { ProblemError } from './problem.ts';

/** What to do about an answer of WeChat's to a look-up of templates. */
export type RemedyFor = (errcode: number, errmsg: string) => BilingualText;

/** WeChat was to be asked for its templates, and could not be or refused. */
export function lookupProblem(
  { wechat, cause }: TemplateLookupError,
  remedyFor: RemedyFor,
  detail: string,
): ProblemError {
  return wechat
    ? new ProblemError('wechat-refused', detail, {
        wechat,
        remedy: remedyFor(wechat.errcode, wechat.errmsg),
      })
    : new ProblemError('wechat-unavailable', detail, { headers: { 'retry-after': '10' } }, cause);
}
