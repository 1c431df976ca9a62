import type { OutgoingMessage } from '../../sends/send-port.ts';
import type { Template } from '../../templates/template.ts';
import type { Recipient } from '../campaign.ts';
import { type FilledMessage, type FillProblem, fillMessage } from '../fill-message.ts';
import type { RecipientResult } from './results.ts';
import type { RunContent } from './run.ts';

/** What is sent to one recipient: texts and page with their variables filled in. */
export type FilledTexts = Pick<OutgoingMessage, 'data' | 'page'>;

/** The texts for a recipient, or the result of one for whom none can be made. */
export type RecipientTexts =
  | ({ readonly type: 'filled' } & FilledTexts)
  | { readonly type: 'bad'; readonly result: RecipientResult };

/** Makes the texts for one recipient after the other; those without variables of their own share one. */
export function createTexts(
  content: RunContent,
  template: Template | undefined,
): (recipient: Recipient, nowMs: number) => RecipientTexts {
  let shared: FilledMessage | undefined;

  return ({ variables }, nowMs) => {
    if (!template) return { type: 'bad', result: failed('unknown-template', nowMs) };
    shared ??= fillMessage(content, template);
    const filled = variables ? fillMessage(content, template, variables) : shared;
    if (filled.type === 'filled') {
      const { data, page } = filled;
      return { type: 'filled', data, ...(page !== undefined && { page }) };
    }
    return { type: 'bad', result: { ...failed('invalid-data', nowMs), problems: filled.problems.map(told) } };
  };
}

function failed(reason: string, nowMs: number): RecipientResult {
  return { state: 'failed', attempts: 0, outcome: { atMs: nowMs, reason } };
}

function told(problem: FillProblem): string {
  return 'variable' in problem ? `${problem.code} ${problem.variable}` : `${problem.path} ${problem.code}`;
}
