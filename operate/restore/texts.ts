import colors from 'picocolors';
import { JSON_OPTION, STAGE_OPTIONS } from '../command-line.ts';
import { say } from '../language.ts';
import type { RestoreSummary } from './restore.ts';

/** How `npm run restore` is called. */
export const USAGE = {
  name: 'restore',
  about: say(
    'Brings the table back to what a copy of it holds that DynamoDB\'s point-in-time recovery made. Whatever the copy has pending may have left since: it becomes unknown and is not sent again. Empties the queues of sends and campaigns. Shows what it would do and changes nothing until --write is given. Stop the functions first: docs/en/runbook.md, "Restore".',
    '用 DynamoDB 时间点恢复得到的副本把数据表恢复到当时的状态。副本中待发送的消息此后可能已经发出，因此一律标记为 unknown，不会重发；发送队列和群发队列会被清空。不加 --write 时只显示将要做什么。请先停用各函数，步骤见 docs/zh/runbook.md 的“恢复”。',
  ),
  usages: [
    ['--stage NAME --from TABLE [--region REGION] [--write]'],
    ['--table NAME --from TABLE [--queue-url URL …] [--write]'],
  ],
  options: {
    ...STAGE_OPTIONS,
    from: {
      type: 'string',
      value: 'TABLE',
      help: say('the copy, restored to the moment that is wanted', '恢复到目标时间点的副本表'),
    },
    table: {
      type: 'string',
      value: 'NAME',
      help: say(
        'the table to restore, to name it directly; AWS_ENDPOINT_URL_DYNAMODB says where, for the local stack',
        '直接指定要恢复的数据表；本地环境用 AWS_ENDPOINT_URL_DYNAMODB 指定地址',
      ),
    },
    'queue-url': {
      type: 'string',
      value: 'URL',
      multiple: true,
      help: say(
        'with --table: a queue to empty; may be given several times',
        '与 --table 同用：要清空的队列，可多次给出',
      ),
    },
    write: {
      type: 'boolean',
      default: false,
      help: say('restore; without it only show', '执行恢复；不加则只查看'),
    },
    segments: {
      type: 'string',
      value: 'N',
      default: '4',
      help: say('parts of a table read at the same time (default 4)', '并行读取的分段数，默认 4'),
    },
    ...JSON_OPTION,
  },
  notes: say('--json names the users that come back.', '--json 会列出重新出现的用户。'),
} as const;

/** How far it is. */
export function progressLine(step: 'items' | 'users' | 'recipients', count: number): string {
  const texts = {
    items: say(`${count} items compared …`, `已比对 ${count} 条数据 …`),
    users: say(`${count} users' pending messages ended …`, `已处理 ${count} 个用户的待发消息 …`),
    recipients: say(`${count} sends unknown …`, `${count} 次发送标为 unknown …`),
  };
  return texts[step];
}

/** What was done, or would be, in lines. */
export function linesOf(summary: RestoreSummary, write: boolean): readonly string[] {
  const { compared, written, deleted, usersPending, runsUnderWay, schedules, unknown } = summary;
  const { usersBack, problems, cards } = summary;
  return [
    say(
      `${compared} items compared, ${written} ${write ? 'written' : 'to write'}, ${deleted} ${write ? 'deleted' : 'to delete'}.`,
      `已比对 ${compared} 条，${write ? '已' : '将'}写入 ${written} 条，${write ? '已' : '将'}删除 ${deleted} 条。`,
    ),
    say(
      `${usersPending} users with pending messages, ${runsUnderWay} runs under way, ${schedules} schedules.`,
      `${usersPending} 个用户有待发消息，${runsUnderWay} 次群发未结束，${schedules} 个定时计划。`,
    ),
    ...(cards > 0
      ? [
          say(
            `${cards} service cards with pending changes become unknown.`,
            `${cards} 张有待发更新的服务卡片标为 unknown。`,
          ),
        ]
      : []),
    ...(usersBack.length > 0
      ? [
          colors.yellow(
            say(
              `${usersBack.length} users come back that the table did not have any more: erase those again that were erased (--json names them).`,
              `${usersBack.length} 个已不在表中的用户会重新出现：其中被删除的须再次删除（--json 可列出）。`,
            ),
          ),
        ]
      : []),
    ...problems.map((problem) => colors.red(problem)),
    write
      ? colors.green(
          say(`Restored; ${unknown} sends are unknown.`, `已恢复，${unknown} 次发送标为 unknown。`),
        )
      : say('Nothing was changed: --write restores.', '未做任何更改，加 --write 执行恢复。'),
  ];
}
