import colors from 'picocolors';
import { say } from '../../operate/language.ts';
import { table } from '../../operate/table.ts';
import type { Outcome, Stage } from './stage.ts';

/** Every message of the story with its outcome, as the service tells it at the end. */
export async function outcomesOf(stage: Stage) {
  return Promise.all(
    stage.tracked.map(async ({ to, about, outcome }) => ({ to, about, ...(await outcome()) })),
  );
}

/** The same as a table. */
export function outcomeTable(outcomes: Awaited<ReturnType<typeof outcomesOf>>): string {
  const headers = say('to,message,status,requests,why', '用户,消息,状态,请求次数,原因').split(',');
  const rows = outcomes.map(({ to, about, ...became }) => [
    to,
    about,
    statusColor(became.status),
    String(became.attempts),
    reasonOf(became),
  ]);
  return table(headers, rows, [3])
    .map((line) => `  ${line}`)
    .join('\n');
}

function reasonOf({ errcode, reason }: Outcome): string {
  return errcode === undefined ? reason : `${reason} (errcode ${errcode})`;
}

function statusColor(cell: string): string {
  switch (cell) {
    case 'sent':
      return colors.green(cell);
    case 'unknown':
      return colors.yellow(cell);
    case 'refused':
    case 'failed':
      return colors.red(cell);
    default:
      return colors.dim(cell);
  }
}
