import type { Pacer } from '../../delivery/pacer.ts';
import type { Template } from '../../templates/template.ts';
import { checkPage, closeLeftClaims, tidyPage } from './check-page.ts';
import { DONE, type JobResult, type SendPageJob } from './job.ts';
import { openJournal } from './open-page.ts';
import type { JournalServices } from './page-journal.ts';
import { createTexts } from './page-texts.ts';
import { type PageLimits, sendToPage, type VisitServices } from './page-visit.ts';
import { type FinishServices, finishIfDone } from './progress.ts';
import { isLeftInTheMiddle } from './results.ts';
import type { RunRecord } from './run.ts';
import type { RunStore } from './run-store.ts';

/** What sending to a page needs from outside. */
export interface SendPageServices extends VisitServices, JournalServices, FinishServices {
  readonly runs: RunStore;
  readonly wechat: VisitServices['wechat'] & { ready(): Promise<boolean> };
  readonly findTemplate: (templateId: string) => Promise<Template | undefined>;
}

/** Without an access token the page is looked at again after this. */
const TOKEN_WAIT_MS = 20_000;

/**
 * Sends to the recipients of one page that have not been dealt with; one worker has the page at a time. Those who cannot be sent to
 * now are left for later: the answer says when the job is to come up again.
 */
export async function sendPage(
  services: SendPageServices,
  run: RunRecord,
  job: SendPageJob,
  limits: PageLimits,
): Promise<JobResult> {
  const { runs } = services;
  const place = { runId: run.id, shard: job.shard, after: job.after };
  const [page, before] = await Promise.all([runs.loadPage(place), runs.loadResults(place)]);
  if (!page) return DONE;
  if (!run.dryRun && !before.value.done) {
    if (!(await services.wechat.ready())) return later(services, TOKEN_WAIT_MS);
    // Before the page is taken, so that waiting for the pace costs no write of it.
    const turn = await services.takeTurn(run);
    if (turn.type === 'later') return turn;
  }
  const template = await services.findTemplate(run.content.templateId);
  const opening = await openJournal(services, place, page.recipients.length, before);
  if (opening.type === 'busy') return later(services, Math.max(1_000, opening.untilMs - services.clock()));
  if (opening.type === 'done') return finished(services, run);
  const { journal } = opening;
  const work = { run, page, journal, texts: createTexts(run.content, template) };
  const backInMs = run.dryRun
    ? await checkPage(services, work).then(() => 0)
    : await sendToPage(services, work, limits);
  await closeLeftClaims(services, work);
  if (await journal.close({ done: run.dryRun })) return finished(services, run);
  return { type: 'later', delayMs: backInMs };
}

/**
 * Looks after a page of a run that was stopped: a recipient whose sender died over them is no longer pending, because a request may
 * have left. Sends nothing.
 */
export async function tidyStopped(
  services: SendPageServices,
  run: RunRecord,
  job: SendPageJob,
): Promise<JobResult> {
  const { runs } = services;
  const place = { runId: run.id, shard: job.shard, after: job.after };
  const before = await runs.loadResults(place);
  if (!isLeftInTheMiddle(before.value)) return DONE;
  const page = await runs.loadPage(place);
  if (!page) return DONE;
  const opening = await openJournal(services, place, page.recipients.length, before);
  if (opening.type === 'busy') return later(services, Math.max(1_000, opening.untilMs - services.clock()));
  if (opening.type === 'done') return DONE;
  const { journal } = opening;
  const work = { run, page, journal, texts: createTexts(run.content, undefined) };
  const backInMs = await tidyPage(services, work);
  await closeLeftClaims(services, work);
  await journal.close();
  return backInMs > 0 ? later(services, backInMs) : DONE;
}

async function finished(services: SendPageServices, run: RunRecord): Promise<JobResult> {
  await finishIfDone(services, run);
  return DONE;
}

function later({ random }: SendPageServices, atLeastMs: number): JobResult {
  return { type: 'later', delayMs: atLeastMs * (1 + random() / 2) };
}

/** Takes a place under the run's own pace, then under its template's and then under that of all sending. */
export function createTurns(
  pacer: Pick<Pacer, 'turn' | 'turnOf'>,
  runPacer: (run: RunRecord) => Pick<Pacer, 'turn'> | undefined,
): SendPageServices['takeTurn'] {
  return async (run) => {
    const own = await runPacer(run)?.turn();
    if (own?.type === 'later') return own;
    const ofTemplate = await pacer.turnOf(run.content.templateId);
    return ofTemplate.type === 'later' ? ofTemplate : pacer.turn();
  };
}
