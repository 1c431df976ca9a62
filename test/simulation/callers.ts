import type { EraseCursor } from '../../lib/campaigns/erase-recipient.ts';
import { scheduledRunId } from '../../lib/campaigns/runs/run.ts';
import { grantKeyOf } from '../../lib/grants/grant-key.ts';
import type { TemplateKind } from '../../lib/grants/ledger.ts';
import type { AcceptRequest } from '../../lib/messages/decide-acceptance.ts';
import type { AppFunctions, Control, Report } from './app-functions.ts';
import type { Chance } from './chance.ts';
import type { Faults } from './faults.ts';
import type { End } from './processes.ts';
import type { Rules } from './rules.ts';
import { CAMPAIGN_ID } from './run-ports.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';
import type { SimulatedWeChat } from './wechat.ts';
import { DEVICES, type Deed, type SimulatedTemplate } from './workload.ts';

/** Phones and programs that call the API, and call again when they get no good answer. */
export interface Callers {
  act(deed: Deed): void;
  /** A user answers the panel, and their phone is about to report it. */
  tap(report: Report): void;
  /** A message has become unknown: a person may look into it. */
  noticeUnknown(messageId: string): void;
  /** What a phone reported under a request id. */
  reportOf(openid: string, requestId: string): Report | undefined;
  /** Somebody sees that a run still pauses. */
  resume(runId: string): void;
  /** What a function has learnt of the templates so far. */
  kinds(): ReadonlyMap<string, TemplateKind>;
}

/** What the callers act upon. */
export interface CallerOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly faults: () => Faults;
  readonly functions: () => AppFunctions;
  readonly rules: Rules;
  readonly wechat: SimulatedWeChat;
  readonly templates: readonly SimulatedTemplate[];
  readonly trace: Trace;
}

/** Past this many tries without an answer a caller gives up. */
const MOST_TRIES = 6;

/** Callers that repeat a call under the same key or request id until it is answered, most of the time. */
export function createCallers(options: CallerOptions): Callers {
  const { scheduler, chance, faults, functions, rules, wechat, templates, trace } = options;
  const reports = new Map<string, Report>();
  const known: string[] = [];
  const startMs = scheduler.now();
  const momentOf = (run: number) => startMs + run * 1_000;
  const runIdOf = (run: number) => scheduledRunId(CAMPAIGN_ID, momentOf(run));

  function kinds(): ReadonlyMap<string, TemplateKind> {
    const learnt = templates.filter(() => chance.happens(0.8));
    return new Map(learnt.map(({ templateId, kind }) => [templateId, kind]));
  }

  /** The answer, or undefined when it did not reach the caller. */
  function heard<T>(end: End<T>): T | undefined {
    if (end.type !== 'returned') return undefined;
    const { lostAnswer } = faults();
    return lostAnswer > 0 && chance.happens(lostAnswer) ? undefined : end.value;
  }

  function again(tries: number, act: (tries: number) => void): void {
    if (tries >= MOST_TRIES || chance.happens(0.1)) return;
    scheduler.after(chance.between(50, 5_000), () => act(tries + 1));
  }

  function tap(what: Report): void {
    const { openid, requestId, report: told } = what;
    reports.set(`${openid} ${requestId}`, what);
    for (const [templateId, status] of Object.entries(told.results)) {
      const subjects = told.devices?.map((device) => ({ templateId, device })) ?? [{ templateId }];
      const isAccepted = status.startsWith('accept');
      if (isAccepted) for (const grant of subjects.map(grantKeyOf)) wechat.allow(openid, grant);
      // WeChat's event names no device: it counts for the template, until that is known to be of devices.
      for (const grant of new Set([...subjects.map(grantKeyOf), templateId])) {
        if (isAccepted) rules.tapped(openid, grant);
        else rules.declined(openid, grant);
      }
    }
  }

  function report(what: Report, tries = 1): void {
    functions().report(what, (end) => {
      if (!heard(end)) again(tries, (next) => report(what, next));
    });
  }

  function accept(requests: readonly AcceptRequest[], tries = 1): void {
    functions().accept(requests, (end) => {
      const answers = heard(end);
      if (!answers) {
        if (requests.every(({ idempotency }) => idempotency) || chance.happens(0.3))
          again(tries, (next) => accept(requests, next));
        return;
      }
      for (const [index, answer] of answers.entries()) {
        trace('caller', `is told ${answer.type}`);
        if (!('message' in answer)) continue;
        rules.promised(answer.message.id);
        const claim = requests[index]?.idempotency;
        if (claim) rules.named(`${claim.scope} ${claim.key}`, answer.message.id);
        known.push(answer.message.id);
      }
      // Somebody asks for the same again, long after.
      if (requests[0]?.idempotency && chance.happens(0.05))
        scheduler.after(chance.between(0, 10 * 60_000), () => accept(requests, MOST_TRIES));
    });
  }

  /** An operator who is told to try again in a minute does so, most often. */
  function erase(openid: string, from?: EraseCursor, tries = 1): void {
    functions().erase(openid, from, (end, call) => {
      const answer = heard(end);
      if (answer) trace('operator', `is told ${answer.type} of ${openid}`);
      if (answer?.type === 'erased') {
        if (answer.next) return erase(openid, answer.next);
        // A call that only went on says nothing of what the first one did.
        return from ? undefined : rules.erased(call);
      }
      if (tries < 2 * MOST_TRIES && chance.happens(0.95))
        scheduler.after(chance.between(1_000, 60_000), () => erase(openid, from, tries + 1));
    });
  }

  /** As EventBridge does, the trigger of a start that failed comes again. */
  function start(run: number, ofRunId: string | undefined, tries = 1): void {
    functions().start(momentOf(run), ofRunId, (end) => {
      const type = end.type === 'returned' ? end.value.type : undefined;
      if (type === 'started' || type === 'exists') rules.runPromised(runIdOf(run));
      else if (type !== 'unknown-run' && tries < 10)
        scheduler.after(20_000, () => start(run, ofRunId, tries + 1));
    });
  }

  function control(type: Control, runId: string, tries = 1): void {
    functions().control(type, runId, (end) => {
      if (end.type !== 'returned' && tries < 10)
        scheduler.after(1_000, () => control(type, runId, tries + 1));
    });
  }

  function cancel(messageId: string, tries = 1): void {
    functions().cancel(messageId, (end) => {
      const answer = heard(end);
      if (!answer) return again(tries, (next) => cancel(messageId, next));
      trace('caller', `is told ${answer.type} of ${messageId}`);
      if (answer.type === 'canceled') rules.canceled(messageId);
    });
  }

  /** A person looks up the truth once nothing is under way any more. */
  function settle(messageId: string, tries = 1): void {
    const made = wechat.requests.filter((request) => request.sendId === messageId);
    if (made.some(({ endsAtMs }) => endsAtMs >= scheduler.now())) {
      again(tries, (next) => settle(messageId, next));
      return;
    }
    const verdict = made.some(({ truth }) => truth === 'accepted') ? 'sent' : 'failed';
    functions().settle(messageId, verdict, (end) => {
      const answer = heard(end);
      if (!answer) return again(tries, (next) => settle(messageId, next));
      trace('operator', `is told ${answer.type} of ${messageId}, which was ${verdict}`);
    });
  }

  return {
    noticeUnknown(messageId) {
      if (chance.happens(0.3)) scheduler.after(chance.between(0, 120_000), () => settle(messageId));
    },
    kinds,
    tap,
    resume: (runId) => control('resume', runId),
    reportOf: (openid, requestId) => reports.get(`${openid} ${requestId}`),
    act(deed) {
      switch (deed.type) {
        case 'report': {
          const { openid, report: told } = deed.report;
          tap(deed.report);
          if (deed.popup) wechat.answered(openid, told.results);
          for (let call = 0; call < deed.calls; call++) report(deed.report);
          return;
        }
        case 'accept': {
          const sendAtMs = deed.inMs === undefined ? undefined : scheduler.now() + deed.inMs;
          const leavesAtMs = Math.max(scheduler.now(), sendAtMs ?? 0);
          const requests = deed.requests.map((request) => ({
            ...request,
            ...(sendAtMs !== undefined && { sendAtMs }),
            ...(deed.expireInMs !== undefined && { expiresAtMs: leavesAtMs + deed.expireInMs }),
          }));
          for (let call = 0; call < deed.calls; call++) accept(requests);
          return;
        }
        case 'erase':
          rules.erasing(deed.openid);
          for (let call = 0; call < deed.calls; call++) erase(deed.openid);
          return;
        case 'start':
          rules.runAsked(runIdOf(deed.run));
          return start(deed.run, deed.ofRun === undefined ? undefined : runIdOf(deed.ofRun));
        case 'pause':
        case 'resume':
        case 'stop':
          return control(deed.type, runIdOf(deed.run));
        case 'cancel': {
          const messageId = known[deed.which % Math.max(1, known.length)];
          if (messageId !== undefined) cancel(messageId);
          return;
        }
        case 'turn-off':
          for (const device of [undefined, ...DEVICES]) {
            rules.declined(
              deed.openid,
              grantKeyOf({ templateId: deed.templateId, ...(device && { device }) }),
            );
          }
          if (deed.howMany === 'all') wechat.turnOff(deed.openid, deed.templateId);
          else wechat.take(deed.openid, deed.templateId, deed.howMany);
      }
    },
  };
}
