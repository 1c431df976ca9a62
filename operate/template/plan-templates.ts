import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import { type AccountTemplate, isRemoved } from './account-templates.ts';
import { findByKeywords, findCardTemplate, findTitle, isCardTid, labelsOf } from './find-templates.ts';
import type { Library } from './library.ts';
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
  if (wish.keywords.length === 0) return planCard(wish, context);
  const isByName = wish.tid === undefined && !wish.keywords.some(isNumber);
  const known = isByName ? findByKeywords(context, wish.title ?? '', wish.keywords) : undefined;
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
  const twice = wish.keywords.filter((_, index) => chosen.indexOf(chosen[index]) < index);
  if (twice.length > 0) {
    return say(`keyword ${twice.join(', ')} is named twice`, `关键词 ${twice.join('、')} 重复`);
  }
  const keywords = chosen.flatMap((keyword) => keyword?.name ?? []);
  const there = findByKeywords(context, title.title, keywords);
  if (there) return compare(wish, context, { title: title.title, keywords, known: there });
  return compare(wish, context, {
    title: title.title,
    keywords,
    order: orderOf(
      wish,
      title.tid,
      chosen.flatMap((keyword) => keyword?.keywordId ?? []),
    ),
  });
}

/** The plan for the template of a service card, which has no keywords (WeChat contract §5.3). */
async function planCard(wish: WishedTemplate, context: Context): Promise<PlannedTemplate | string> {
  const known = findCardTemplate(context, wish);
  if (known) return compare(wish, context, { title: known.title, keywords: [], known });
  const found =
    wish.tid === undefined ? findTitle(await context.library.titles(), wish) : { tid: wish.tid, title: '' };
  if (typeof found === 'string') return found;
  if (!isCardTid(found.tid)) {
    return say(
      'needs keywords; only the templates of service cards have none',
      '缺少关键词，只有服务卡片的模板没有关键词',
    );
  }
  const name = say(`service card ${found.tid}`, `服务卡片 ${found.tid}`);
  const title = wish.title ?? (found.title || name);
  return compare(wish, context, { title, keywords: [], order: orderOf(wish, found.tid, []) });
}

function orderOf({ scene }: WishedTemplate, tid: string, keywordIds: readonly number[]): TemplateOrder {
  return { tid, keywordIds, ...(scene !== undefined && { sceneDescription: scene }) };
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

function isTwin(one: PlannedTemplate, other: PlannedTemplate): boolean {
  return (
    one.title === other.title && one.keywords.toSorted().join('\n') === other.keywords.toSorted().join('\n')
  );
}

const isNumber = (word: string) => /^\d+$/.test(word);

/** What a wish is called where something is said of it. */
export function nameOf({ alias, title, tid }: WishedTemplate): string {
  return alias ?? title ?? tid ?? '';
}
