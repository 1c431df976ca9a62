import { expect, test } from 'vitest';
import { ProblemError } from '../../../lib/api/problem.ts';
import { orLookupProblem } from '../../../lib/api/template-problems.ts';
import { TemplateCallError } from '../../../lib/templates/template-call-error.ts';

test('why WeChat could not be asked is kept for the log and not answered', async () => {
  const denied = new Error('not authorized to perform: dynamodb:UpdateItem');
  const work = Promise.reject(new TemplateCallError(denied));
  const problem = await orLookupProblem(work).catch((error: unknown) => error);
  if (!(problem instanceof ProblemError)) throw problem;
  expect(problem.cause).toBe(denied);
  expect(JSON.stringify(problem.toProblem())).not.toContain('not authorized');
});
