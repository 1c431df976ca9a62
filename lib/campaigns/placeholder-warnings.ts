import type { BilingualText } from '../bilingual-text.ts';
import type { Campaign } from './campaign.ts';
import { decodedPage } from './page-variables.ts';
import { variablesIn } from './template-variables.ts';

/** Braces that look like a variable and are none. */
export interface PlaceholderWarning extends BilingualText {
  /** `data.<key>`, or `page`. */
  readonly path: string;
  readonly code: 'not-a-variable';
}

const BRACES = /\{\{[^{}]*\}\}/gu;

/** Warns of `{{order id}}` and the like, which every recipient would get as it stands. */
export function placeholderWarnings({ data, page }: Pick<Campaign, 'data' | 'page'>): PlaceholderWarning[] {
  const places = [
    ...Object.entries(data).map(([key, text]) => ({ path: `data.${key}`, text })),
    { path: 'page', text: decodedPage(page ?? '') },
  ];
  return places.flatMap(({ path, text }) => {
    const odd = [...text.matchAll(BRACES)].map(([braces]) => braces).find((braces) => !isVariable(braces));
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

function isVariable(text: string): boolean {
  return variablesIn({ text }).length > 0;
}
