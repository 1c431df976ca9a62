import { expect, test } from 'vitest';
import { lookupProblem } from '../../../lib/api/lookup-problem.ts';
import { TemplateLookupError } from '../../../lib/templates/template-lookup-error.ts';

test('why WeChat could not be asked is kept for the log and not answered', () => {
  const denied = new Error('not authorized to perform: dynamodb:UpdateItem');
  const remedy = () => ({ en: '', zh: '' });
  const problem = lookupProblem(new TemplateLookupError(denied), remedy, 'Try again in a minute.');
  expect(problem.cause).toBe(denied);
  expect(JSON.stringify(problem.toProblem())).not.toContain('not authorized');
});
