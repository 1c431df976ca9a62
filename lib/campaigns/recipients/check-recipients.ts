import { type DataWarning, dataWarnings } from '../../templates/data-warnings.ts';
import type { Template } from '../../templates/template.ts';
import type { Recipient } from '../campaign.ts';
import type { ValidationError } from '../campaign-input.ts';
import { type FillableParts, type FillProblem, fillMessage } from '../fill-message.ts';
import { variablesIn } from '../variables.ts';

/** The most faults that are told at once. */
const MOST_ERRORS = 50;

/** The most warnings that are told at once. */
const MOST_WARNINGS = 50;

/** What came of making every recipient's message. */
export interface CheckedRecipients {
  readonly errors: readonly ValidationError[];
  /** Doubtful values that variables make, at the place of the recipient. */
  readonly warnings: readonly DataWarning[];
}

/** How a recipient is pointed at: `recipients.3`, `line 17`. */
export type PathOf = (index: number) => string;

/**
 * Makes the message of every recipient, as a run would, and tells whom it could not be made for, and why. Recipients with
 * the same variables are made one message only.
 */
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
    if (known.size < 10_000) known.set(key, made);
    errors.push(...made.problems.map((problem) => errorOf(problem, pathOf(index))));
    if (errors.length >= MOST_ERRORS) break;
    if (warnings.length < MOST_WARNINGS) {
      warnings.push(...made.warnings.map((warning) => ({ ...warning, path: `${pathOf(index)}.variables` })));
    }
  }
  return { errors: errors.slice(0, MOST_ERRORS), warnings: warnings.slice(0, MOST_WARNINGS) };
}

interface MadeFor {
  readonly problems: readonly FillProblem[];
  readonly warnings: readonly DataWarning[];
}

/** Warnings about texts that are the same for everybody belong to the campaign and are left out. */
function madeFor(
  campaign: FillableParts,
  template: Template,
  variables: Readonly<Record<string, string>>,
): MadeFor {
  const filled = fillMessage(campaign, template, variables);
  if (filled.type === 'bad') return { problems: filled.problems, warnings: [] };
  const own = Object.entries(filled.data).filter(
    ([key]) => variablesIn({ text: campaign.data[key] ?? '' }).length > 0,
  );
  return { problems: [], warnings: dataWarnings(Object.fromEntries(own)) };
}

function errorOf(problem: FillProblem, place: string): ValidationError {
  if (problem.code === 'missing-variable') {
    return { path: `${place}.variables.${problem.variable}`, message: { en: 'Required', zh: '必填' } };
  }
  return {
    path: `${place}.variables`,
    message: {
      en: `${problem.path}: ${problem.message.en}`,
      zh: `${problem.path}：${problem.message.zh}`,
    },
  };
}

/** Openids that come more than once, at their second place. */
export function repeatedRecipients(
  recipients: readonly Recipient[],
  pathOf: PathOf,
): readonly ValidationError[] {
  const first = new Map<string, number>();
  const errors: ValidationError[] = [];
  for (const [index, { openid }] of recipients.entries()) {
    const earlier = first.get(openid);
    if (earlier === undefined) first.set(openid, index);
    else if (errors.length < MOST_ERRORS) {
      const place = pathOf(earlier);
      errors.push({
        path: `${pathOf(index)}.openid`,
        message: { en: `is the same as in ${place}`, zh: `与 ${place} 重复` },
      });
    }
  }
  return errors;
}

/** Cuts recipients into pages as they are stored. */
export function pagesOf(
  recipients: readonly Recipient[],
  perPage: number,
): readonly (readonly Recipient[])[] {
  return Array.from({ length: Math.ceil(recipients.length / perPage) }, (_, page) =>
    recipients.slice(page * perPage, (page + 1) * perPage),
  );
}
