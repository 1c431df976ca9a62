import type { BilingualText } from '../bilingual-text.ts';
import type { TemplateKind } from '../grants/ledger.ts';
import { FIELD_RULES, kindOfKey } from './field-rules.ts';
import { templateKindOfType } from './parse-template.ts';
import type { FieldKind } from './template.ts';

/** A category of the account; it decides which titles there are. */
interface LibraryCategory {
  readonly categoryId: string;
  readonly name: string;
}

/** A title as WeChat lists it. */
interface TitleSource {
  readonly tid: string;
  readonly title: string;
  /** 2 is one-time, 3 is long-term. */
  readonly type: number | string;
  readonly categoryId: string;
}

/** A keyword as WeChat lists it. */
interface KeywordSource {
  readonly keywordId: number;
  readonly name: string;
  readonly example: string;
  /** WeChat's name for the kind of field. */
  readonly rule: string;
}

/** A template to be made of a title and some of its keywords. */
export interface NewTemplate {
  readonly tid: string;
  /** In the order in which the card shows them. */
  readonly keywordIds: readonly number[];
  readonly sceneDescription?: string;
}

/** WeChat's public library, and what an account takes from it. Every call throws TemplateCallError. */
export interface TemplateLibrary {
  categories(): Promise<readonly LibraryCategory[]>;
  /** Some of the titles from the place `start` on, at least one while there are any, and how many there are. */
  titles(query: { categoryIds: readonly string[]; start: number }): Promise<{
    readonly count: number;
    readonly titles: readonly TitleSource[];
  }>;
  keywords(tid: string): Promise<readonly KeywordSource[]>;
  /** The id of the template that was added, or that the account had already. */
  add(order: NewTemplate): Promise<string>;
  delete(templateId: string): Promise<void>;
  /** The templates that the account has, as WeChat lists them now. */
  templateIds(): Promise<readonly string[]>;
}

/** A title of the library. */
interface LibraryTitle extends Omit<TitleSource, 'type'> {
  readonly kind: TemplateKind;
}

/** A keyword of a title, with the rule for what will fill it. */
interface LibraryKeyword extends Omit<KeywordSource, 'rule'> {
  readonly kind: FieldKind;
  readonly rule: BilingualText;
}

/**
 * As many titles as asked for from the place `start` on, and the place at which the next page begins. WeChat
 * answers with 30 at most, so a long page takes several calls.
 *
 * @throws TemplateCallError
 */
export async function listTitles(
  library: Pick<TemplateLibrary, 'titles'>,
  { categoryIds, start, limit }: { categoryIds: readonly string[]; start: number; limit: number },
): Promise<{ readonly titles: readonly LibraryTitle[]; readonly next?: number }> {
  const found: TitleSource[] = [];
  let hasMore = true;
  while (hasMore && found.length < limit) {
    const page = await library.titles({ categoryIds, start: start + found.length });
    found.push(...page.titles);
    hasMore = page.titles.length > 0 && start + found.length < page.count;
  }
  const titles = found
    .slice(0, limit)
    .map(({ type, ...title }) => ({ ...title, kind: templateKindOfType(type) }));
  return { titles, ...((hasMore || found.length > limit) && { next: start + titles.length }) };
}

/** The keywords of a title, with their rules. @throws TemplateCallError */
export async function listKeywords(
  library: Pick<TemplateLibrary, 'keywords'>,
  tid: string,
): Promise<readonly LibraryKeyword[]> {
  return (await library.keywords(tid)).map(({ rule: name, ...keyword }) => {
    const kind = kindOfKey(`${name}1`);
    return { ...keyword, kind, rule: FIELD_RULES[kind].rule };
  });
}
