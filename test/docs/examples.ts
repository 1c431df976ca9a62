import { readFileSync } from 'node:fs';

/** The two readmes; what one shows the other shows too. */
export const READMES = ['README.md', 'README.zh-CN.md'] as const;

/** A page of the documents in both languages. */
export const inBothLanguages = (page: string) => [`docs/en/${page}.md`, `docs/zh/${page}.md`] as const;

/** A fenced block under an `<!-- example -->` mark, and the answers that the readme shows for it. */
export interface Example {
  /** What stands in the mark after `example:`; empty for one that is simply run. */
  readonly kind: string;
  readonly code: string;
  /** The JSON values of the block that follows, in which `…` stands for any text. */
  readonly answers: readonly unknown[];
}

const EXAMPLE =
  /<!-- example(?:: (?<kind>[a-z-]+))? -->\n```(?:sh|js)\n(?<code>.*?)\n```(?:\n\n```json\n(?<answers>.*?)\n```)?/gs;

/** The examples of a readme, in order. */
export function readExamples(readme: string): readonly Example[] {
  return [...readFileSync(readme, 'utf8').matchAll(EXAMPLE)].map(({ groups = {} }) => ({
    kind: groups['kind'] ?? '',
    code: groups['code'] ?? '',
    answers: (groups['answers'] ?? '')
      .split(/\n(?=\{)/)
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text)),
  }));
}

/** The one example of a kind. */
export function exampleOf(readme: string, kind: string): string {
  const [found, ...more] = readExamples(readme).filter((example) => example.kind === kind);
  if (!found || more.length > 0) throw new Error(`${readme} must have one example of kind ${kind}.`);
  return found.code;
}
