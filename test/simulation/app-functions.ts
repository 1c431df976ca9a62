import type { EraseCursor } from '../../lib/campaigns/erase-recipient.ts';
import { scheduledRunId } from '../../lib/campaigns/runs/run.ts';
import type { ScheduledStart } from '../../lib/campaigns/runs/start-run.ts';
import type { GrantReport, ReportResult } from '../../lib/grants/report-grants.ts';
import type { Logger } from '../../lib/logger.ts';
import type { CancelResult } from '../../lib/messages/cancel-message.ts';
import type { AcceptRequest, AcceptResult } from '../../lib/messages/decide-acceptance.ts';
import type { ManualOutcome, SettleByHandResult } from '../../lib/messages/settle-by-hand.ts';
import type { EraseResult } from '../../lib/users/erase-user.ts';
import type { End, Process } from './processes.ts';
import { CAMPAIGN_ID } from './run-ports.ts';
import type { ServiceOptions, Services } from './services.ts';

/** The time-out that functions behind the API are deployed with. */
const API_TIMEOUT_MS = 29_000;

/** A report as a phone makes it. */
export interface Report {
  readonly openid: string;
  readonly requestId: string;
  readonly report: GrantReport;
}

/** One call to erase a user. */
export interface EraseCall {
  readonly openid: string;
  readonly startedAtMs: number;
  readonly by: Process | undefined;
}

/** What can be asked of a run. */
export type Control = 'pause' | 'resume' | 'stop';

/** What the functions of the API are built on. */
export interface ApiOptions extends Pick<ServiceOptions, 'kernel' | 'scheduler' | 'appOf'> {
  readonly services: Services;
  readonly logger: Logger;
  readonly run: <T>(
    name: string,
    timeoutMs: number,
    body: (process: Process) => Promise<T>,
    ended: (end: End<T>) => void,
  ) => void;
  /** The stage's first app, of which a schedule is that names none. */
  readonly firstAppId: string;
}

/** What is called for one app: the functions behind the API, and the one that schedules call. */
export function createAppFunctions(options: ApiOptions, appId: string) {
  const { kernel, scheduler, services, logger, firstAppId } = options;

  function api<T>(name: string, body: (process: Process) => Promise<T>, ended: (end: End<T>) => void): void {
    options.run(name, API_TIMEOUT_MS, body, ended);
  }

  function startBySchedule(
    scheduledAtMs: number,
    runId: string,
    ended: (end: End<ScheduledStart>) => void,
  ): void {
    let result: ScheduledStart = { type: 'not-scheduled' };
    const body = async (process: Process) => {
      const handle = kernel.createStartHandler({
        async startScheduled(startedFor, campaignId, atMs) {
          const own = services.starting(process, startedFor, runId);
          result = await kernel.startScheduledRun(own, campaignId, atMs);
          return result;
        },
        firstAppId,
        logger,
      });
      const scheduledTime = new Date(scheduledAtMs).toISOString();
      await handle({ appid: appId, campaignId: CAMPAIGN_ID, scheduledTime });
      return result;
    };
    api('start', body, ended);
  }

  return {
    report({ openid, requestId, report }: Report, ended: (end: End<ReportResult>) => void): void {
      const kinds = options.appOf(appId).kinds();
      const body = (process: Process) =>
        kernel.reportGrants(services.reporting(process, appId), openid, requestId, report, kinds);
      api('report', body, ended);
    },
    /** Messages to one user. */
    accept(requests: readonly AcceptRequest[], ended: (end: End<readonly AcceptResult[]>) => void): void {
      const { openid } = requests[0]!;
      const body = (process: Process) =>
        kernel.acceptMessages(services.baseOf(process, appId), openid, requests);
      api('accept', body, ended);
    },
    erase(
      openid: string,
      from: EraseCursor | undefined,
      ended: (end: End<EraseResult>, call: EraseCall) => void,
    ): void {
      const startedAtMs = scheduler.now();
      let by: Process | undefined;
      const body = (process: Process) => {
        by = process;
        return kernel.eraseUser(services.erasing(process, appId), openid, from);
      };
      api('erase', body, (end) => ended(end, { openid, startedAtMs, by }));
    },
    cancel(messageId: string, ended: (end: End<CancelResult>) => void): void {
      const body = (process: Process) => kernel.cancelMessage(services.baseOf(process, appId), messageId);
      api('cancel', body, ended);
    },
    settle(messageId: string, verdict: ManualOutcome, ended: (end: End<SettleByHandResult>) => void): void {
      const body = (process: Process) =>
        kernel.settleByHand(services.baseOf(process, appId), messageId, verdict);
      api('settle', body, ended);
    },
    /** Starts a run as a campaign's schedule does, or as a person does for those whom another run missed. */
    start(
      scheduledAtMs: number,
      ofRunId: string | undefined,
      ended: (end: End<ScheduledStart>) => void,
    ): void {
      const runId = scheduledRunId(CAMPAIGN_ID, scheduledAtMs);
      if (ofRunId === undefined) {
        startBySchedule(scheduledAtMs, runId, ended);
        return;
      }
      const request = { campaignId: CAMPAIGN_ID, runId, trigger: 'resend-failed' as const, ofRunId };
      const body = (process: Process) => kernel.startRun(services.starting(process, appId, runId), request);
      api('start', body, ended);
    },
    control(type: Control, runId: string, ended: (end: End<unknown>) => void): void {
      const { pauseRun: pause, resumeRun: resume, stopRun: stop } = kernel;
      const call = { pause, resume, stop }[type];
      api(type, (process) => call(services.baseOf(process, appId), CAMPAIGN_ID, runId), ended);
    },
  };
}

/** What is called for one app. */
export type AppFunctions = ReturnType<typeof createAppFunctions>;
