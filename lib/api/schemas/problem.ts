import * as v from 'valibot';
import { PROBLEMS } from '../problem.ts';
import { bilingual, count, named } from './common.ts';

/** The stable slug of a problem. */
export const problemCode = v.pipe(
  v.picklist(Object.keys(PROBLEMS)),
  v.description('Stable: branch on it, not on the texts.'),
);

/** A field of the input and the rule that it breaks. */
export const inputErrorSchema = v.object({
  path: v.pipe(v.string(), v.description('Dotted; empty for the whole.')),
  message: v.pipe(v.string(), v.description('The rule that it breaks, in English.')),
  zh: v.pipe(v.string(), v.description('The same in Chinese.')),
  code: v.exactOptional(
    v.pipe(v.string(), v.description('Of a value in data: what is wrong with it, stable.')),
  ),
  rule: v.exactOptional(bilingual),
  length: v.exactOptional(v.pipe(count, v.description('UTF-16 units of the value.'))),
  limit: v.exactOptional(v.pipe(count, v.description('UTF-16 units that WeChat takes.'))),
  suggestion: v.exactOptional(bilingual),
});

/** WeChat's own answer, where it is the cause. */
export const wechatAnswer = v.pipe(
  v.object({ errcode: count, errmsg: v.exactOptional(v.string()), rid: v.exactOptional(v.string()) }),
  v.description("WeChat's own answer, where it is the cause; only operators get more than its errcode."),
);

/** Why a request was refused: `application/problem+json` (RFC 9457). */
export const problemSchema = v.object({
  type: v.pipe(v.string(), v.description('`urn:qingniao:problem:` and the code.')),
  title: v.string(),
  status: count,
  detail: v.pipe(v.string(), v.description('What is wrong and what to do next.')),
  code: problemCode,
  errors: v.exactOptional(v.pipe(v.array(inputErrorSchema), v.description('Each wrong field of the input.'))),
  wechat: v.exactOptional(wechatAnswer),
  remedy: v.pipe(named(bilingual), v.description('What to do next.')),
});
