import type * as v from 'valibot';

/**
 * The rule that a value breaks, in words, and never the value itself: Valibot's own sentences end in what was
 * received, which may be a secret.
 */
export function issueMessage(issue: v.BaseIssue<unknown>): string {
  if (issue.type === 'strict_object' && issue.expected === 'never') return 'Unknown field';
  if (issue.input === undefined) return 'Required';
  return issue.message.replace(/ but received .*$/s, '');
}
