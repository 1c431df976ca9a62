import type { SQSClient } from '@aws-sdk/client-sqs';
import colors from 'picocolors';
import type { Clock } from '../../lib/clock.ts';
import { say } from '../language.ts';
import { type DeadLetter, hold, move, release } from './dead-letters.ts';
import { moveTasks } from './move-task.ts';
import { linesFor } from './texts.ts';

/** What to move, and where to tell of it. */
export interface RedriveOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  /** Whether records that are no job of ours are moved as well. */
  readonly all: boolean;
  readonly dryRun: boolean;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  readonly progress: (line: string) => void;
}

/** What a redrive came to. */
export interface Redriven {
  /** Whether all that was to be moved was. */
  readonly ended: boolean;
  readonly moved: number;
  /** What lay in the dead-letter queue, with what it is about where that is known. */
  readonly letters: readonly { readonly id: string; readonly about?: string; readonly sentAt?: string }[];
}

/** Shows what lies in the dead-letter queue and moves it to the queue where it came from. */
export async function redrive(options: RedriveOptions): Promise<Redriven> {
  const { sqs, deadLetterQueueUrl, all, dryRun, print } = options;
  const letters = await hold(sqs, deadLetterQueueUrl);
  print(colors.bold(say(`${letters.length} in the dead-letter queue`, `死信队列中有 ${letters.length} 条`)));
  for (const line of linesFor(letters, options.clock())) print(line);
  const told = letters.map(({ id, label, sentAtMs }) => ({
    id,
    ...(label !== undefined && { about: label }),
    sentAt: new Date(sentAtMs).toISOString(),
  }));
  const chosen = all ? letters : letters.filter(({ label }) => label !== undefined);
  const left = letters.length - chosen.length;
  if (dryRun || chosen.length === 0) {
    await release(sqs, deadLetterQueueUrl, letters);
    const why = dryRun
      ? say('Dry run: nothing was moved.', '只查看，未移动。')
      : say('Nothing to move.', '没有可移动的记录。');
    print(`${why}${leftText(left)}`);
    return { ended: true, moved: 0, letters: told };
  }
  const moved = await moveChosen(options, letters, chosen);
  const done = moved >= chosen.length;
  const paint = done ? colors.green : colors.red;
  print(
    `${paint(say(`${moved} of ${chosen.length} moved`, `已移动 ${moved}/${chosen.length} 条`))}${leftText(left)}`,
  );
  if (!done)
    print(
      say(
        'What is missing is still in the dead-letter queue: run it again.',
        '其余仍在死信队列中，请重新运行。',
      ),
    );
  return { ended: done, moved, letters: told };
}

/** By SQS itself where it can and all of the queue is meant, else one by one. */
async function moveChosen(
  { sqs, queueUrl, deadLetterQueueUrl, progress }: RedriveOptions,
  letters: readonly DeadLetter[],
  chosen: readonly DeadLetter[],
): Promise<number> {
  const queues = { from: deadLetterQueueUrl, to: queueUrl };
  const tell = (count: number) => progress(`${count}/${chosen.length} …`);
  const tasks = chosen.length === letters.length ? await moveTasks(sqs, queues) : undefined;
  try {
    if (tasks) {
      await release(sqs, deadLetterQueueUrl, letters);
      return await tasks.moveAll(tell);
    }
    const rest = letters.filter((letter) => !chosen.includes(letter));
    await release(sqs, deadLetterQueueUrl, rest);
    return await move(sqs, queues, chosen, tell);
  } finally {
    progress('');
  }
}

function leftText(left: number): string {
  return left === 0
    ? ''
    : say(
        ` ${left} left, no job of ours (--all moves them too)`,
        `另有 ${left} 条非本服务记录留在原处（--all 一并移动）`,
      );
}
