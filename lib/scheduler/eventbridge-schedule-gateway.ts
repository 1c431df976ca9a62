import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  type GetScheduleCommandOutput,
  paginateListSchedules,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
  ValidationException,
} from '@aws-sdk/client-scheduler';
import type { CampaignSchedule } from '../campaigns/campaign.ts';
import { LATEST_START_MS, type ScheduleGateway } from '../campaigns/schedule/sync-schedule.ts';

interface ScheduleTarget {
  readonly groupName: string;
  /** The function that starts a campaign's run, and the role that may call it. */
  readonly functionArn: string;
  readonly roleArn: string;
  /** The mini program that the schedules are of. */
  readonly app: { readonly appId: string; readonly isFirst: boolean };
}

/** EventBridge Scheduler replaces this by the moment of the run. */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/**
 * Schedules of one mini program's campaigns in EventBridge Scheduler, in the stage's one group. Each is named
 * by its campaign's id, with the appid before it unless the app is the stage's first.
 */
export function createScheduleGateway(client: SchedulerClient, target: ScheduleTarget): ScheduleGateway {
  const GroupName = target.groupName;
  const nameOf = (campaignId: string) => prefixOf(target) + campaignId;

  async function create(request: ReturnType<typeof requestOf>) {
    try {
      await client.send(new CreateScheduleCommand(request));
    } catch (error) {
      if (!(error instanceof ConflictException)) throw error;
      await client.send(new UpdateScheduleCommand(request));
    }
  }

  async function update(request: ReturnType<typeof requestOf>) {
    try {
      await client.send(new UpdateScheduleCommand(request));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      await create(request);
    }
  }

  return {
    async campaignIds() {
      const names: string[] = [];
      for await (const { Schedules = [] } of paginateListSchedules({ client }, { GroupName })) {
        names.push(...Schedules.flatMap(({ Name }) => Name ?? []));
      }
      const prefix = prefixOf(target);
      const own = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
      // What is behind a point is another mini program's.
      return own.filter((id) => !id.includes('.'));
    },

    async read(campaignId) {
      try {
        const found = await client.send(new GetScheduleCommand({ GroupName, Name: nameOf(campaignId) }));
        return asSchedule(found, campaignId, target);
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    },

    async write(campaignId, schedule) {
      try {
        await update(requestOf(campaignId, schedule, target));
        return { type: 'written' };
      } catch (error) {
        if (error instanceof ValidationException) return { type: 'refused', reason: error.message };
        throw error;
      }
    },

    async remove(campaignId) {
      try {
        await client.send(new DeleteScheduleCommand({ GroupName, Name: nameOf(campaignId) }));
      } catch (error) {
        if (!(error instanceof ResourceNotFoundException)) throw error;
      }
    },
  };
}

function requestOf(campaignId: string, schedule: CampaignSchedule, target: ScheduleTarget) {
  const { expression, timezone, startsAtMs } = schedule;
  return {
    Name: prefixOf(target) + campaignId,
    GroupName: target.groupName,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: timezone,
    ...(startsAtMs !== undefined && { StartDate: new Date(startsAtMs) }),
    FlexibleTimeWindow: { Mode: 'OFF' },
    State: 'ENABLED',
    // The reconciliation removes schedules that are over.
    ActionAfterCompletion: 'NONE',
    Target: {
      Arn: target.functionArn,
      RoleArn: target.roleArn,
      Input: inputFor(campaignId, target),
      RetryPolicy: { MaximumEventAgeInSeconds: LATEST_START_MS / 1000 },
    },
  } as const;
}

function prefixOf({ app }: ScheduleTarget): string {
  return app.isFirst ? '' : `${app.appId}.`;
}

function inputFor(campaignId: string, { app }: ScheduleTarget): string {
  return JSON.stringify({ appid: app.appId, campaignId, scheduledTime: SCHEDULED_TIME });
}

function asSchedule(
  found: GetScheduleCommandOutput,
  campaignId: string,
  target: ScheduleTarget,
): CampaignSchedule | 'other' {
  const { ScheduleExpression, ScheduleExpressionTimezone, StartDate, State, Target } = found;
  if (ScheduleExpression === undefined || State !== 'ENABLED') return 'other';
  const isOurs =
    Target?.Arn === target.functionArn &&
    Target.RoleArn === target.roleArn &&
    Target.Input === inputFor(campaignId, target);
  if (!isOurs) return 'other';
  return {
    expression: ScheduleExpression,
    timezone: ScheduleExpressionTimezone ?? 'UTC',
    ...(StartDate && { startsAtMs: StartDate.getTime() }),
  };
}
