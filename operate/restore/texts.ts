import colors from 'picocolors';
import type { RestoreSummary } from './restore.ts';

/** What `npm run restore -- --help` prints. */
export const HELP = `Brings the table back to what a copy of it holds that DynamoDB's point-in-time recovery made. Whatever the copy has pending may
have left since: it becomes unknown and is not sent again. Empties the queues of sends and campaigns. Shows what it would do and
changes nothing until --write is given. Stop the functions first: docs/en/runbook.md, "Restore".
用 DynamoDB 时间点恢复得到的副本把数据表恢复到当时的状态。副本中待发送的消息此后可能已经发出，因此一律标记为 unknown，不会重发；
发送队列和群发队列会被清空。不加 --write 时只显示将要做什么。请先停用各函数，步骤见 docs/zh/runbook.md 的“恢复”。

  npm run restore -- --stage NAME --from TABLE [--region REGION] [--write]
  npm run restore -- --table NAME --from TABLE [--queue-url URL …] [--write]

  --stage NAME      the deployed stage; its table and queues are looked up in its CloudFormation stack
                    已部署的环境，数据表和队列从 CloudFormation 查得
  --region REGION   where it is deployed (default: AWS_REGION, else ap-southeast-1)
                    部署区域
  --from TABLE      the copy, restored to the moment that is wanted
                    恢复到目标时间点的副本表
  --table NAME      the table to restore, to name it directly; AWS_ENDPOINT_URL_DYNAMODB says where, for the local stack
                    直接指定要恢复的数据表；本地环境用 AWS_ENDPOINT_URL_DYNAMODB 指定地址
  --queue-url URL   with --table: a queue to empty; may be given several times
                    与 --table 同用：要清空的队列，可多次给出
  --write           restore; without it only show
                    执行恢复；不加则只查看
  --segments N      parts of a table read at the same time (default 4)
                    并行读取的分段数（默认 4）
  --json            one JSON object instead of lines, with the users that come back
                    输出一个 JSON 对象，并列出重新出现的用户
  --help, -h        show this text
                    显示本说明
`;

/** How far it is. */
export function progressLine(step: 'items' | 'users' | 'recipients', count: number): string {
  const texts = {
    items: `${count} items compared 条数据已比对 …`,
    users: `${count} users' pending messages ended 个用户的待发消息已处理 …`,
    recipients: `${count} sends unknown 次发送标为 unknown …`,
  };
  return texts[step];
}

/** What was done, or would be, in lines. */
export function linesOf(summary: RestoreSummary, write: boolean): readonly string[] {
  const { compared, written, deleted, usersPending, runsUnderWay, schedules, unknown } = summary;
  const { usersBack, problems, cards } = summary;
  return [
    `${compared} items compared, ${written} ${write ? 'written' : 'to write'}, ${deleted} ${write ? 'deleted' : 'to delete'}. 已比对 ${compared} 条，${write ? '已' : '将'}写入 ${written} 条，${write ? '已' : '将'}删除 ${deleted} 条。`,
    `${usersPending} users with pending messages, ${runsUnderWay} runs under way, ${schedules} schedules. ${usersPending} 个用户有待发消息，${runsUnderWay} 次群发未结束，${schedules} 个定时计划。`,
    ...(cards > 0
      ? [
          `${cards} service cards with pending changes become unknown. ${cards} 张有待发更新的服务卡片标为 unknown。`,
        ]
      : []),
    ...(usersBack.length > 0
      ? [
          colors.yellow(
            `${usersBack.length} users come back that the table did not have any more: erase those again that were erased (--json names them). ${usersBack.length} 个已不在表中的用户会重新出现：其中被删除的须再次删除（--json 可列出）。`,
          ),
        ]
      : []),
    ...problems.map((problem) => colors.red(problem)),
    write
      ? colors.green(`Restored; ${unknown} sends are unknown. 已恢复，${unknown} 次发送标为 unknown。`)
      : 'Nothing was changed: --write restores. 未做任何更改，加 --write 执行恢复。',
  ];
}
