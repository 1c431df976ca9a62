import type { BilingualText } from '../bilingual-text.ts';
import type { FieldProblem } from '../templates/field-problem.ts';
import { MAX_PAGE_LENGTH } from '../templates/page-path.ts';
import { prepareData } from '../templates/prepare-data.ts';
import type { FittedValue, Template } from '../templates/template.ts';
import type { Campaign } from './campaign.ts';
import { fillPage, hasVariables, substitute, variablesIn, variablesInPage } from './variables.ts';

/** A recipient has no text for a variable. */
interface MissingVariable {
  readonly code: 'missing-variable';
  readonly variable: string;
}

/** A recipient's variables make the page too long, or none of the mini program's. */
interface BadPage {
  readonly path: 'page';
  readonly code: 'bad-page';
  readonly message: BilingualText;
}

/** Why a campaign's message cannot be made for a recipient. */
export type FillProblem = MissingVariable | BadPage | FieldProblem;

/** The texts for a recipient, or everything that is wrong with them. */
export type FilledMessage =
  | {
      readonly type: 'filled';
      readonly data: Readonly<Record<string, string>>;
      readonly page?: string;
      readonly fitted: readonly FittedValue[];
    }
  | { readonly type: 'bad'; readonly problems: readonly FillProblem[] };

/** The parts of a campaign that a recipient's message is made of. */
export type FillableParts = Pick<Campaign, 'data' | 'fit' | 'page'>;

const BAD_PAGE: BadPage = {
  path: 'page',
  code: 'bad-page',
  message: {
    en: `With these variables it is no page of the mini program, or longer than ${MAX_PAGE_LENGTH} characters once encoded.`,
    zh: `代入这些变量后不是小程序页面，或编码后超过 ${MAX_PAGE_LENGTH} 个字符。`,
  },
};

/**
 * Puts a recipient's variables into a campaign's texts and page, fits the texts where the campaign asks for
 * it, and checks them against the template. Variables that nothing names are ignored.
 */
export function fillMessage(
  campaign: FillableParts,
  template: Pick<Template, 'fields'>,
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
  const { page } = campaign;
  const filledPage = page === undefined ? undefined : fillPage(page, variables);
  const isBadPage = page !== undefined && filledPage === undefined;
  if (prepared.type === 'invalid' || isBadPage) {
    const errors = prepared.type === 'invalid' ? prepared.problems : [];
    return { type: 'bad', problems: isBadPage ? [...errors, BAD_PAGE] : errors };
  }
  const { data: texts, fitted } = prepared;
  return { type: 'filled', data: texts, fitted, ...(filledPage !== undefined && { page: filledPage }) };
}

function missingVariables(
  { data, page }: Pick<Campaign, 'data' | 'page'>,
  variables: Readonly<Record<string, string>> = {},
): readonly string[] {
  const names = new Set([...variablesIn(data), ...variablesInPage(page)]);
  return [...names].filter((name) => !Object.hasOwn(variables, name));
}

type FixedParts = Pick<Campaign, 'templateId' | 'data' | 'page'>;

/** The parts of a campaign's message that are the same for every recipient. A page is, if its path is. */
export function fixedParts({ templateId, data, page }: FixedParts): FixedParts {
  const texts = Object.entries(data).filter(([, text]) => !hasVariables(text));
  const isFixed = page !== undefined && variablesInPage(page.split('?')[0]).length === 0;
  return { templateId, data: Object.fromEntries(texts), ...(isFixed && { page }) };
}
