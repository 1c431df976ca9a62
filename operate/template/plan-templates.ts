import { nearestWord } from '../../lib/nearest-word.ts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import { type AccountTemplate, isRemoved } from './account-templates.ts';
import type { Library, LibraryTitle } from './library.ts';
import type { WishedTemplate } from './wished-templates.ts';

/** What a template is to be made of. */
export interface TemplateOrder {
  readonly tid: string;
  readonly keywordIds: readonly number[];
  readonly sceneDescription?: string;
}

/** One wish, and what is missing to it. */
export interface PlannedTemplate {
  readonly wish: WishedTemplate;
  readonly title: string;
  readonly keywords: readonly string[];
  /** The template of the account; absent where it is to be added. */
  readonly templateId?: string;
  readonly order?: TemplateOrder;
  /** The template is there with its keywords in another order. Nobody says whether that is another to WeChat. */
  readonly isOrderOther: boolean;
  /** `from`: what the alias stands for now; `instead`: the alias that the template has now. */
  readonly alias?: { readonly from?: string; readonly instead?: string };
  readonly kind?: { readonly from?: string };
}

/** The way from an account to what a file wishes for. */
export interface Plan {
  readonly templates: readonly PlannedTemplate[];
  /** Templates of the account that no wish names. */
  readonly others: readonly AccountTemplate[];
}

/** Whether anything is to be done for a wish. */
export function isChange({ order, alias, kind }: PlannedTemplate): boolean {
  return order !== undefined || alias !== undefined || kind !== undefined;
}

/**
 * Compares wishes with an account. WeChat's library is read for what the account lacks, and where a wish gives
 * numbers instead of names.
 *
 * @throws CommandError that names every wish that cannot be fulfilled
 */
export async function planTemplates(
  wishes: readonly WishedTemplate[],
  account: readonly AccountTemplate[],
  library: Pick<Library, 'titles' | 'keywordsOf'>,
  { triesOtherOrder = false } = {},
): Promise<Plan> {
  const present = account.filter((template) => !isRemoved(template));
  const templates: PlannedTemplate[] = [];
  const faults: string[] = [];
  for (const wish of wishes) {
    const planned = await plan(wish, { present, account, library, triesOtherOrder });
    if (typeof planned === 'string') faults.push(`  ${nameOf(wish)}: ${planned}`);
    else templates.push(planned);
  }
  if (faults.length > 0) {
    throw new CommandError([say('Nothing was changed.', '没有做任何改动：'), ...faults].join('\n'));
  }
  const twins = templates.filter((one, index) =>
    templates.slice(0, index).some((other) => isTwin(one, other)),
  );
  if (twins.length > 0) {
    const named = twins.map(({ wish }) => nameOf(wish)).join(', ');
    throw new CommandError(
      say(
        `Nothing was changed: ${named} is another entry's template, and a template has one alias.`,
        `没有做任何改动：${named} 与另一项是同一个模板，而一个模板只有一个别名。`,
      ),
    );
  }
  const wished = new Set(templates.map(({ templateId }) => templateId));
  return { templates, others: present.filter(({ templateId }) => !wished.has(templateId)) };
}

interface Context {
  readonly present: readonly AccountTemplate[];
  readonly account: readonly AccountTemplate[];
  readonly library: Pick<Library, 'titles' | 'keywordsOf'>;
  /** A template with the same keywords in another order is not enough: WeChat may take it for another. */
  readonly triesOtherOrder: boolean;
}

/** The plan for one wish, or why there is none. */
async function plan(wish: WishedTemplate, context: Context): Promise<PlannedTemplate | string> {
  const { library } = context;
  const isByName = wish.tid === undefined && !wish.keywords.some(isNumber);
  const known = isByName ? findPresent(context, wish.title ?? '', wish.keywords) : undefined;
  if (known) return compare(wish, context, { title: known.title, keywords: wish.keywords, known });
  const title = findTitle(await library.titles(), wish);
  if (typeof title === 'string') return title;
  const offered = await library.keywordsOf(title.tid);
  const chosen = wish.keywords.map((word) =>
    offered.find(({ keywordId, name }) => [name, String(keywordId)].includes(word)),
  );
  const missing = wish.keywords.filter((_, index) => !chosen[index]);
  if (missing.length > 0) {
    const names = offered.map(({ keywordId, name }) => `${keywordId} ${name}`).join(', ');
    return say(
      `no keyword ${missing.join(', ')} in ${title.title}; there are ${names}`,
      `${title.title} 没有关键词 ${missing.join('、')}，可选：${names}`,
    );
  }
  const keywords = chosen.flatMap((keyword) => keyword?.name ?? []);
  const there = findPresent(context, title.title, keywords);
  if (there) return compare(wish, context, { title: title.title, keywords, known: there });
  return compare(wish, context, {
    title: title.title,
    keywords,
    order: {
      tid: title.tid,
      keywordIds: chosen.flatMap((keyword) => keyword?.keywordId ?? []),
      ...(wish.scene !== undefined && { sceneDescription: wish.scene }),
    },
  });
}

function compare(
  wish: WishedTemplate,
  { account }: Context,
  {
    known,
    ...found
  }: { title: string; keywords: readonly string[]; known?: AccountTemplate; order?: TemplateOrder },
): PlannedTemplate {
  const from = account.find(({ alias }) => alias !== undefined && alias === wish.alias)?.templateId;
  const isNamed = wish.alias === undefined || (known !== undefined && known.alias === wish.alias);
  const isOfKind = wish.kind === undefined || known?.kind === wish.kind;
  return {
    wish,
    ...found,
    ...(known && { templateId: known.templateId }),
    isOrderOther: known !== undefined && labelsOf(known).join('\n') !== found.keywords.join('\n'),
    ...(!isNamed && {
      alias: {
        ...(from !== undefined && { from }),
        ...(known?.alias !== undefined && { instead: known.alias }),
      },
    }),
    ...(!isOfKind && { kind: known ? { from: known.kind } : {} }),
  };
}

function findTitle(titles: readonly LibraryTitle[], { tid, title }: WishedTemplate): LibraryTitle | string {
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

function findPresent(
  { present, triesOtherOrder }: Context,
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

function isTwin(one: PlannedTemplate, other: PlannedTemplate): boolean {
  return (
    one.title === other.title && one.keywords.toSorted().join('\n') === other.keywords.toSorted().join('\n')
  );
}

const labelsOf = ({ fields }: AccountTemplate) => fields.map(({ label }) => label);

const isNumber = (word: string) => /^\d+$/.test(word);

/** What a wish is called where something is said of it. */
export function nameOf({ alias, title, tid }: WishedTemplate): string {
  return alias ?? title ?? tid ?? '';
}
