import { encodePage, isPageOfApp, normalisePage } from '../templates/page-path.ts';
import { substitute, VARIABLE_NAME, variablesIn } from './template-variables.ts';

/** How `{{name}}` looks once it has been percent-encoded, here or by whoever wrote the page. */
const ENCODED_VARIABLE = /%7B%7B((?:(?!%7B|%7D)[^{}?/&=#])+)%7D%7D/giu;

/**
 * A campaign's page as it is stored: as WeChat takes it, but with `{{name}}` readable.
 *
 * @returns undefined for what names no page of a mini program, whatever its variables say
 */
export function readPage(text: string): string | undefined {
  const encoded = encodePage(text);
  if (encoded === undefined) return undefined;
  const page = withReadableVariables(encoded);
  const names = variablesIn({ page });
  const shortest = substitute(page, Object.fromEntries(names.map((name) => [name, 'x'])));
  return normalisePage(shortest) === undefined ? undefined : page;
}

/** The variables that a page names. */
export function variablesInPage(page: string | undefined): readonly string[] {
  return page === undefined ? [] : variablesIn({ page: withReadableVariables(page) });
}

/**
 * Puts a recipient's variables into a page, percent-encoded. In the path a slash stays one, so that a variable may name
 * a whole path.
 *
 * @returns undefined where the outcome names no page, or is too long
 */
export function fillPage(page: string, variables: Readonly<Record<string, string>>): string | undefined {
  if (variablesInPage(page).length === 0) return page;
  const [path = '', ...query] = withReadableVariables(page).split('?');
  const plainPath = substitute(path, variables);
  if (!isPageOfApp(plainPath)) return undefined;
  const filledPath = substitute(path, encoded(variables)).replaceAll('%2F', '/');
  return normalisePage([filledPath, ...query.map((part) => substitute(part, encoded(variables)))].join('?'));
}

function encoded(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const entries = Object.entries(variables);
  return Object.fromEntries(entries.map(([name, text]) => [name, encodeURIComponent(text.toWellFormed())]));
}

function withReadableVariables(page: string): string {
  return page.replace(ENCODED_VARIABLE, (whole, name: string) => {
    const plain = decoded(name)?.trim() ?? '';
    return VARIABLE_NAME.test(plain) ? `{{${plain}}}` : whole;
  });
}

/** A page as a person would write it; as it stands where its bytes are no UTF-8. */
export function decodedPage(page: string): string {
  return decoded(page) ?? page;
}

/** Undefined where the bytes are no UTF-8. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
