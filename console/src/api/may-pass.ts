import { QingniaoProblem } from '../../../clients/typescript/src/index.ts';

/** Too many requests. */
const TOO_MANY = 429;

/** Whether the same call may well pass later: the service was not reached, is too busy, or broke down. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof QingniaoProblem)) return true;
  const { code, status } = error;
  return code === 'no-answer' || status === TOO_MANY || status >= 500;
}
