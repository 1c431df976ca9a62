import colors from 'picocolors';
import { say } from '../language.ts';
import type { AccountTemplate } from './account-templates.ts';
import type { Applied } from './apply-templates.ts';
import type { Deleted, LibraryKeyword, LibraryTitle } from './library.ts';
import { isChange, nameOf, type Plan, type PlannedTemplate } from './plan-templates.ts';

/** The difference between an account and a file, wish by wish. */
export function planLines({ templates, others }: Plan): string[] {
  return [
    ...templates.flatMap(plannedLines),
    ...(others.length === 0
      ? []
      : [
          colors.dim(say('  Not in the file and left alone:', '  清单之外，保持不变：')),
          ...others.map(({ templateId, alias, title }) => colors.dim(`    ${title}  ${alias ?? templateId}`)),
        ]),
  ];
}

function plannedLines(planned: PlannedTemplate): string[] {
  const { wish, title, keywords, templateId, order, alias, kind, isOrderOther } = planned;
  const name = nameOf(wish);
  const what = keywords.length === 0 ? title : `${title}: ${keywords.join(', ')}`;
  const notes = [
    isOrderOther &&
      colors.yellow(
        say(
          '    ! It has these keywords in another order and is left alone; "add" tries to have it in this order too.',
          '    ! 关键词顺序不同，保持不变；可用 add 尝试按此顺序添加。',
        ),
      ),
    alias?.from !== undefined &&
      say(`    alias: ${wish.alias}, from ${alias.from}`, `    别名：${wish.alias}，从 ${alias.from} 移来`),
    alias &&
      alias.from === undefined &&
      !order &&
      `    ${say('alias', '别名')}: ${alias.instead ?? '–'} → ${wish.alias}`,
    kind && `    ${say('kind', '类型')}: ${kind.from ?? '–'} → ${wish.kind}`,
  ].filter((line) => typeof line === 'string');
  if (!isChange(planned)) return [colors.dim(`  = ${name}  ${what}`), ...notes];
  if (!order) return [colors.yellow(`  ~ ${name}  ${what}  ${templateId}`), ...notes];
  const scene = order.sceneDescription === undefined ? '' : `  (${order.sceneDescription})`;
  return [colors.green(`  + ${name}  ${what}  tid ${order.tid}${scene}`), ...notes];
}

/** How many changes there are. */
export function planSummary({ templates }: Plan): string {
  const changes = templates.filter(isChange).length;
  if (changes === 0) return say('Nothing is to be changed.', '无需改动。');
  return say(
    `${changes} of ${templates.length} are to be changed.`,
    `共 ${templates.length} 项，${changes} 项需要改动。`,
  );
}

/** What a wish came to. */
export function appliedLine({ alias, templateId, title, changed }: Applied): string {
  const line = `  ${changed ? '✔' : '='} ${alias === undefined ? '' : `${alias} = `}${templateId}  ${title}`;
  return changed ? colors.green(line) : colors.dim(line);
}

/** A title with its keywords, where those were asked for. */
export function titleLines(
  { tid, title, kind, category }: LibraryTitle,
  keywords: readonly LibraryKeyword[] | undefined,
): string[] {
  return [
    `${colors.bold(tid)}  ${title}  ${colors.dim(`${kind}  ${category}`)}`,
    ...(keywords ?? []).map(
      ({ keywordId, name, kind: field, example }) =>
        `  ${String(keywordId).padStart(4)} ${name}  ${colors.dim(`${field}  ${example}`)}`,
    ),
  ];
}

/** What is about to be deleted. */
export function deletionQuestion({ title, templateId, alias }: AccountTemplate, force: boolean): string {
  const name = `${title} (${alias === undefined ? templateId : `${alias} = ${templateId}`})`;
  const rest = force
    ? say(' What waits for it is canceled, and its campaigns end.', '待发消息会取消，活动会结束。')
    : '';
  return `${say(`Delete ${name} at WeChat, for good?`, `在微信侧永久删除模板 ${name}？`)}${rest}`;
}

/** What was ended with a template. */
export function deletedLines({ templateId, canceledMessages, endedCampaigns }: Deleted): string[] {
  return [
    colors.green(say(`  ✔ ${templateId} is deleted`, `  ✔ ${templateId} 已删除`)),
    ...(canceledMessages > 0
      ? [
          say(
            `    ${canceledMessages} waiting messages canceled, grants given back`,
            `    取消 ${canceledMessages} 条待发消息并归还授权`,
          ),
        ]
      : []),
    ...endedCampaigns.map(({ id, name }) => `    ${say('campaign ended', '活动已结束')}: ${name} (${id})`),
  ];
}
