import { expect, test } from 'vitest';
import { QingniaoProblem } from '../../../clients/typescript/src/index.ts';
import { mayPass } from '../../../console/src/api/may-pass.ts';

const problem = (status: number, code = 'x') =>
  new QingniaoProblem({ call: '', status, code, title: '', detail: '', remedy: { en: '', zh: '' } });

test.each([
  [429, true],
  [500, true],
  [503, true],
  [400, false],
  [401, false],
  [404, false],
  [409, false],
  [422, false],
])('what is answered %s may pass later: %s', (status, passes) => {
  expect(mayPass(problem(status))).toBe(passes);
});

test('what never came back may pass later', () => {
  expect(mayPass(problem(0, 'no-answer'))).toBe(true);
  expect(mayPass(new TypeError('Failed to fetch'))).toBe(true);
});
