import type { FieldProblem } from '../templates/field-problem.ts';
import type { FittedValue } from '../templates/fit-data.ts';
import { prepareData } from '../templates/prepare-data.ts';
import type { Template } from '../templates/template.ts';
import type { Campaign } from './campaign.ts';
import { substitute, variablesIn } from './template-variables.ts';

/** A variable that a recipient lacks. */
export interface MissingVariable {
  readonly code: 'missing-variable';
  readonly variable: string;
}

/** Why a campaign's message cannot be made for one recipient. */
export type FillProblem = MissingVariable | FieldProblem;

/** The texts for one recipient, or everything that stands against them. */
export type FilledMessage =
  | {
      readonly type: 'filled';
      readonly data: Readonly<Record<string, string>>;
      readonly fitted: readonly FittedValue[];
    }
  | { readonly type: 'bad'; readonly problems: readonly FillProblem[] };

/**
 * Puts one recipient's variables into a campaign's texts, fits them where the campaign asks for it, and checks them
 * against the template. Variables that the texts do not name are passed over.
 */
export function fillMessage(
  campaign: Pick<Campaign, 'data' | 'fit'>,
  template: Template,
  variables: Readonly<Record<string, string>> = {},
): FilledMessage {
  const missing = missingVariables(campaign, variables);
  if (missing.length > 0) {
    return { type: 'bad', problems: missing.map((variable) => ({ code: 'missing-variable', variable })) };
  }
  const data = Object.fromEntries(
    Object.entries(campaign.data).map(([key, text]) => [key, substitute(text, variables)]),
  );
  const prepared = prepareData(template, data, { fit: campaign.fit });
  if (prepared.type === 'invalid') return { type: 'bad', problems: prepared.problems };
  return { type: 'filled', data: prepared.data, fitted: prepared.fitted };
}

/** The variables that the texts name and a recipient does not have. */
function missingVariables(
  { data }: Pick<Campaign, 'data'>,
  variables: Readonly<Record<string, string>> = {},
): readonly string[] {
  return variablesIn(data).filter((name) => !Object.hasOwn(variables, name));
}
