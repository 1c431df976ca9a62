import { confirm, isCancel } from '@clack/prompts';
import type { Qingniao } from '../../clients/typescript/src/index.ts';
import { CommandError, print, UsageError } from '../command-line.ts';
import { say } from '../language.ts';
import { isRemoved, readTemplates } from './account-templates.ts';
import { type Applied, applyPlan } from './apply-templates.ts';
import {
  appliedLine,
  deletedLines,
  deletionQuestion,
  planLines,
  planSummary,
  titleLines,
} from './change-texts.ts';
import { isCardTid } from './find-templates.ts';
import { libraryOf } from './library.ts';
import { isChange, type Plan, planTemplates } from './plan-templates.ts';
import { readWishes, type WishedTemplate } from './wished-templates.ts';

/** Of so many titles the keywords are shown too; each takes a call of WeChat's. */
const WITH_KEYWORDS = 10;

/** Prints the titles of WeChat's library that contain a word. Exits with 1 where there is none. */
export async function search(service: Qingniao, word: string, json: boolean): Promise<number> {
  const library = libraryOf(service);
  const titles = await library.titles();
  const found = titles.filter(({ title }) => title.toLowerCase().includes(word.toLowerCase()));
  const shown = await Promise.all(
    found.map(async (title, index) => ({
      ...title,
      ...(index < WITH_KEYWORDS && { keywords: await library.keywordsOf(title.tid) }),
    })),
  );
  if (json) print(JSON.stringify(shown));
  else
    for (const { keywords, ...title } of shown) for (const line of titleLines(title, keywords)) print(line);
  if (found.length > 0) return 0;
  const categories = [...new Set(titles.map(({ category }) => category))].join(', ');
  throw new CommandError(
    say(
      `No title has "${word}" in the account's categories (${categories}). Categories are set in WeChat's console.`,
      `账号的类目（${categories}）下没有包含“${word}”的标题，类目在公众平台设置。`,
    ),
  );
}

/** Adds one template and names it; one that the account has already is named only. */
export async function add(
  service: Qingniao,
  word: string,
  { keywords, scene, alias, json }: { keywords?: string; scene?: string; alias?: string; json: boolean },
): Promise<number> {
  if (keywords === undefined && !isCardTid(word)) {
    throw new UsageError(say('Say which by --keywords NAME,NAME.', '请用 --keywords 给出关键词。'));
  }
  const wish: WishedTemplate = {
    ...(/^\d+$/.test(word) ? { tid: word } : { title: word }),
    keywords: (keywords ?? '').split(/[,，]/).flatMap((each) => each.trim() || []),
    ...(scene !== undefined && { scene }),
    ...(alias !== undefined && { alias }),
  };
  const library = libraryOf(service);
  await library.sync();
  const plan = await planTemplates([wish], await readTemplates(service), library, {
    triesOtherOrder: true,
  });
  return carryOut(service, plan, json);
}

/** Brings an account to what a file wishes for, after showing the difference and asking. */
export async function apply(
  service: () => Promise<Qingniao>,
  file: string,
  { yes, json }: { yes: boolean; json: boolean },
): Promise<number> {
  const wishes = await readWishes(file);
  const found = await service();
  const library = libraryOf(found);
  // What was deleted or made in WeChat's console meanwhile counts.
  await library.sync();
  const plan = await planTemplates(wishes, await readTemplates(found), library);
  const hasChanges = plan.templates.some(isChange);
  if (!json) for (const line of [...planLines(plan), planSummary(plan)]) print(line);
  if (hasChanges && !(yes || (await isAgreed(say('Go on?', '是否执行？'))))) {
    if (json) print(JSON.stringify({ applied: false, ...plan }));
    return 1;
  }
  return carryOut(found, plan, json);
}

async function carryOut(service: Qingniao, plan: Plan, json: boolean): Promise<number> {
  const done: Applied[] = [];
  try {
    for await (const one of applyPlan(plan, libraryOf(service))) {
      if (!json) print(appliedLine(one));
      done.push(one);
    }
  } finally {
    // Where a step fails, this is what was done before it.
    if (json) print(JSON.stringify({ applied: done.length === plan.templates.length, templates: done }));
  }
  return 0;
}

/** Deletes a template, after asking. */
export async function remove(
  service: Qingniao,
  name: string,
  { yes, force, json }: { yes: boolean; force: boolean; json: boolean },
): Promise<number> {
  const templates = (await readTemplates(service)).filter((each) => force || !isRemoved(each));
  const template = templates.find(({ templateId, alias }) => [templateId, alias].includes(name));
  if (template && !yes && !(await isAgreed(deletionQuestion(template, force)))) return 1;
  const deleted = await libraryOf(service).delete(name, force);
  if (json) print(JSON.stringify(deleted));
  else for (const line of deletedLines(deleted)) print(line);
  return 0;
}

/** Where there is nobody to ask, nothing is agreed to. */
async function isAgreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    process.stderr.write(
      `${say('Nothing was changed: say --yes to go on.', '没有做任何改动，加上 --yes 才会执行。')}\n`,
    );
    return false;
  }
  const agreed = await confirm({ message: question });
  return !isCancel(agreed) && agreed;
}
