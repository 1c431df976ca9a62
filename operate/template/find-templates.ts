import { nearestWord } from '../../lib/nearest-word.ts';
import { say } from '../language.ts';
import type { AccountTemplate } from './account-templates.ts';
import type { LibraryTitle } from './library.ts';
import type { WishedTemplate } from './wished-templates.ts';

/** Where a template is looked for. */
interface Searched {
  /** What WeChat lists. */
  readonly present: readonly AccountTemplate[];
  /** A template with the same keywords in another order is not enough: WeChat may take it for another. */
  readonly triesOtherOrder: boolean;
}

/** Whether a tid is that of a service card's template, which has no keywords (WeChat contract §5.3). */
export const isCardTid = (tid: string): boolean => /^1\d{7}$/.test(tid) && tid !== '10000000';

/** A template's labels, in the order of the card. */
export const labelsOf = ({ fields }: AccountTemplate): string[] => fields.map(({ label }) => label);

/** The one title of the library that a wish names, or why there is none. */
export function findTitle(
  titles: readonly LibraryTitle[],
  { tid, title }: WishedTemplate,
): LibraryTitle | string {
  const byTid = titles.filter((each) => tid === undefined || each.tid === tid);
  if (byTid.length === 0)
    return say(`no tid ${tid} in the account's categories`, `账号的类目下没有 tid ${tid}`);
  const found = byTid.filter((each) => title === undefined || each.title === title);
  const [first, ...more] = found;
  if (first && more.length === 0) return first;
  if (first) {
    const all = found.map((each) => `${each.tid} (${each.category})`).join(', ');
    return say(
      `several titles are called ${title}: write one of these as tid: ${all}`,
      `有多个名为 ${title} 的标题，请用 tid 指明其中一个：${all}`,
    );
  }
  const meant = nearestWord(
    title ?? '',
    byTid.map((each) => each.title),
  );
  const hint = meant === undefined ? '' : say(`; did you mean ${meant}?`, `，是否想写 ${meant}？`);
  return say(`no title ${title} in the account's categories${hint}`, `账号的类目下没有标题 ${title}${hint}`);
}

/**
 * A template of the account by its title and keywords; one with another order of them only where that is enough.
 */
export function findByKeywords(
  { present, triesOtherOrder }: Searched,
  title: string,
  keywords: readonly string[],
): AccountTemplate | undefined {
  const wanted = keywords.toSorted().join('\n');
  const same = present.filter(
    (template) => template.title === title && labelsOf(template).toSorted().join('\n') === wanted,
  );
  const inOrder = same.find((template) => labelsOf(template).join('\n') === keywords.join('\n'));
  return inOrder ?? (triesOtherOrder ? undefined : same[0]);
}

/**
 * The template of a service card that a wish names. It has no keywords, and WeChat's list does not tell its tid: it is
 * known by the alias that it was given.
 */
export function findCardTemplate(
  { present }: Pick<Searched, 'present'>,
  wish: WishedTemplate,
): AccountTemplate | undefined {
  if (wish.alias === undefined) return undefined;
  return present.find(
    ({ alias, title, fields }) =>
      fields.length === 0 && alias === wish.alias && (wish.title ?? title) === title,
  );
}
