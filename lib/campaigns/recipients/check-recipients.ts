import { type DataWarning, dataWarnings } from '../../templates/data-warnings.ts';
import type { Template } from '../../templates/template.ts';
import { RECIPIENTS_PER_PAGE, type Recipient } from '../campaign.ts';
import type { ValidationError } from '../campaign-input.ts';
import { type FillableParts, type FillProblem, fillMessage } from '../fill-message.ts';
import { hasVariables } from '../variables.ts';

/** How many errors of a list are answered at most. */
export const MAX_ERRORS = 50;
const MAX_WARNINGS = 50;
/** Results are kept for so many different sets of variables. */
const MAX_KNOWN = 10_000;

/** Errors and warnings, each at the path of its recipient. */
interface CheckedRecipients {
  readonly errors: readonly ValidationError[];
  readonly warnings: readonly DataWarning[];
}

/** The path of a recipient: `recipients.3`, `line 17`. */
export type PathOf = (index: number) => string;

/** Makes the message of every recipient as a run would, once for the same variables. */
export function checkRecipients(
  campaign: FillableParts,
  template: Template,
  recipients: readonly Recipient[],
  pathOf: PathOf,
): CheckedRecipients {
  const known = new Map<string, MadeFor>();
  const errors: ValidationError[] = [];
  const warnings: DataWarning[] = [];
  for (const [index, { variables = {} }] of recipients.entries()) {
    const key = JSON.stringify(variables);
    const made = known.get(key) ?? madeFor(campaign, template, variables);
    if (known.size < MAX_KNOWN) known.set(key, made);
    errors.push(...made.problems.map((problem) => errorOf(problem, pathOf(index))));
    if (errors.length >= MAX_ERRORS) break;
    if (warnings.length < MAX_WARNINGS) {
      warnings.push(...made.warnings.map((warning) => ({ ...warning, path: `${pathOf(index)}.variables` })));
    }
  }
  return { errors: errors.slice(0, MAX_ERRORS), warnings: warnings.slice(0, MAX_WARNINGS) };
}

interface MadeFor {
  readonly problems: readonly FillProblem[];
  readonly warnings: readonly DataWarning[];
}

/** Leaves out warnings about texts that are the same for everybody: the campaign itself has those. */
function madeFor(
  campaign: FillableParts,
  template: Template,
  variables: Readonly<Record<string, string>>,
): MadeFor {
  const filled = fillMessage(campaign, template, variables);
  if (filled.type === 'bad') return { problems: filled.problems, warnings: [] };
  const own = Object.entries(filled.data).filter(([key]) => hasVariables(campaign.data[key] ?? ''));
  return { problems: [], warnings: dataWarnings(Object.fromEntries(own)) };
}

function errorOf(problem: FillProblem, path: string): ValidationError {
  if (problem.code === 'missing-variable') {
    return { path: `${path}.variables.${problem.variable}`, message: { en: 'Required', zh: '必填' } };
  }
  return {
    path: `${path}.variables`,
    message: {
      en: `${problem.path}: ${problem.message.en}`,
      zh: `${problem.path}：${problem.message.zh}`,
    },
  };
}

/** The errors of openids that come more than once. */
export function repeatedRecipients(
  recipients: readonly Recipient[],
  pathOf: PathOf,
): readonly ValidationError[] {
  const first = new Map<string, number>();
  const errors: ValidationError[] = [];
  for (const [index, { openid }] of recipients.entries()) {
    const earlier = first.get(openid);
    if (earlier === undefined) first.set(openid, index);
    else if (errors.length < MAX_ERRORS) {
      const path = pathOf(earlier);
      errors.push({
        path: `${pathOf(index)}.openid`,
        message: { en: `is the same as in ${path}`, zh: `与 ${path} 重复` },
      });
    }
  }
  return errors;
}

/** Cuts recipients into pages as they are stored. */
export function pagesOf(recipients: readonly Recipient[]): readonly (readonly Recipient[])[] {
  return Array.from({ length: Math.ceil(recipients.length / RECIPIENTS_PER_PAGE) }, (_, page) =>
    recipients.slice(page * RECIPIENTS_PER_PAGE, (page + 1) * RECIPIENTS_PER_PAGE),
  );
}
