import { setTimeout as sleep } from 'node:timers/promises';
import { print, progress } from '../command-line.ts';
import type { RunAnswer } from './campaign-answers.ts';
import { barLine, doneOf, runLine } from './texts.ts';

/** Without a terminal a line is printed when this much more is done, or the run has another status. */
const LINE_EVERY_SHARE = 0.05;

/** Shows how a run goes until it has ended: a live bar on a terminal, plain lines elsewhere. Answers the run as it ended. */
export async function watchRun(
  read: () => Promise<RunAnswer>,
  { everyMs, json }: { readonly everyMs: number; readonly json: boolean },
): Promise<RunAnswer> {
  const isLive = process.stderr.isTTY && !json;
  let shown: RunAnswer | undefined;
  for (;;) {
    const run = await read();
    const isOver = run.status === 'finished' || run.status === 'stopped';
    if (json) print(JSON.stringify(run));
    else if (isOver) {
      progress('');
      print(runLine(run));
    } else if (isLive) progress(barLine(run));
    else if (isNews(shown, run)) {
      shown = run;
      print(runLine(run));
    }
    if (isOver) return run;
    await sleep(everyMs);
  }
}

function isNews(shown: RunAnswer | undefined, run: RunAnswer): boolean {
  if (shown?.status !== run.status || shown.quietUntil !== run.quietUntil) return true;
  return doneOf(run) - doneOf(shown) >= Math.max(1, run.recipients * LINE_EVERY_SHARE);
}
