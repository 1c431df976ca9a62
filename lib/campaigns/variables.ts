import type { BilingualText } from '../bilingual-text.ts';
import { encodePage, isPageOfApp, normalisePage } from '../templates/page-path.ts';
import type { Campaign } from './campaign.ts';

/** A variable in a text: `{{name}}`, spaces allowed inside the braces. */
const VARIABLE = /\{\{\s*([\p{L}_][\p{L}\p{N}_-]{0,63})\s*\}\}/gu;

/** The form of a variable's name. */
export const VARIABLE_NAME: RegExp = /^[\p{L}_][\p{L}\p{N}_-]{0,63}$/u;

/** The variables that the texts name, each once, in order. */
export function variablesIn(data: Readonly<Record<string, string>>): readonly string[] {
  const names = Object.values(data).flatMap((text) =>
    [...text.matchAll(VARIABLE)].map(([, name = '']) => name),
  );
  return [...new Set(names)];
}

/** Whether a text names any variable. */
export function hasVariables(text: string): boolean {
  return variablesIn({ text }).length > 0;
}

/** The text with every `{{name}}` replaced. Variables inside a replaced text are left as they are. */
export function substitute(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(VARIABLE, (whole, name: string) =>
    Object.hasOwn(variables, name) ? (variables[name] ?? whole) : whole,
  );
}

/** `{{name}}` after percent-encoding, here or by the author of the page. */
const ENCODED_VARIABLE = /%7B%7B((?:(?!%7B|%7D)[^{}?/&=#])+)%7D%7D/giu;

/** A page as WeChat takes it, with `{{name}}` readable; undefined where no values make it a page. */
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
 * Puts a recipient's variables into a page, percent-encoded; undefined where that makes no page, or one that
 * is too long. A slash in the path stays one, so that a variable may name a whole path.
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

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Warns of braces that look like a variable and are none. */
interface PlaceholderWarning extends BilingualText {
  /** `data.<key>`, or `page`. */
  readonly path: string;
  readonly code: 'not-a-variable';
}

const BRACES = /\{\{[^{}]*\}\}/gu;

/** Warns of `{{order id}}` and the like, which every recipient would get unchanged. */
export function placeholderWarnings({ data, page }: Pick<Campaign, 'data' | 'page'>): PlaceholderWarning[] {
  const parts = [
    ...Object.entries(data).map(([key, text]) => ({ path: `data.${key}`, text })),
    { path: 'page', text: decoded(page ?? '') ?? page ?? '' },
  ];
  return parts.flatMap(({ path, text }) => {
    const odd = [...text.matchAll(BRACES)].map(([braces]) => braces).find((braces) => !hasVariables(braces));
    if (odd === undefined) return [];
    return [
      {
        path,
        code: 'not-a-variable' as const,
        en: `${odd} is no variable and is sent as it stands. A name is letters, digits, _ and -, beginning with a letter.`,
        zh: `${odd} 不是变量，会原样发出。变量名只能用字母、数字、_ 和 -，且以字母开头。`,
      },
    ];
  });
}
