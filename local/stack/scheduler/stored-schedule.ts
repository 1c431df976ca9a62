import * as v from 'valibot';
import { nextRuns, readExpression } from '../../../lib/campaigns/schedule/schedule-expression.ts';

const NAME = /^[0-9a-zA-Z-_.]{1,64}$/;

/** EventBridge Scheduler takes no first run further back than this. */
const OLDEST_START_SECONDS = 5 * 60;

/** What CreateSchedule and UpdateSchedule carry, as far as this stand-in follows it; the wire's names and units. */
const requestSchema = v.object({
  GroupName: v.optional(v.string(), 'default'),
  ScheduleExpression: v.string(),
  ScheduleExpressionTimezone: v.optional(v.string(), 'UTC'),
  /** Epoch seconds. */
  StartDate: v.exactOptional(v.number()),
  State: v.optional(v.picklist(['ENABLED', 'DISABLED']), 'ENABLED'),
  ActionAfterCompletion: v.optional(v.picklist(['NONE', 'DELETE']), 'NONE'),
  FlexibleTimeWindow: v.object({ Mode: v.picklist(['OFF', 'FLEXIBLE']) }),
  Target: v.looseObject({
    Arn: v.pipe(v.string(), v.startsWith('arn:')),
    RoleArn: v.pipe(v.string(), v.startsWith('arn:')),
    Input: v.exactOptional(v.string()),
  }),
});

/** A schedule as the stand-in keeps it. */
export interface StoredSchedule extends v.InferOutput<typeof requestSchema> {
  readonly Name: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** Runs up to this moment have been started, or are not to be. */
  readonly firedUpToMs: number;
}

/** A refusal in the words of the service. */
export class SchedulerFault extends Error {
  readonly status: number;
  readonly type: 'ValidationException' | 'ConflictException' | 'ResourceNotFoundException';

  constructor(status: number, type: SchedulerFault['type'], message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }
}

/** Checks what a request carries, as EventBridge Scheduler does. @throws SchedulerFault */
export function scheduleFrom(name: string, body: unknown, nowMs: number): StoredSchedule {
  if (!NAME.test(name)) throw invalid(`Value '${name}' at 'name' fails to satisfy its constraint`);
  const parsed = v.safeParse(requestSchema, body);
  if (!parsed.success) throw invalid(parsed.issues.map((issue) => v.getDotPath(issue)).join(', '));
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone, StartDate } = parsed.output;
  const read = readExpression({ expression, timezone });
  if (read.type === 'bad') throw invalid(`Invalid Schedule Expression ${expression}. ${read.invalid}`);
  if (StartDate !== undefined && StartDate < nowMs / 1000 - OLDEST_START_SECONDS) {
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
  return { ...parsed.output, Name: name, createdAtMs: nowMs, changedAtMs: nowMs, firedUpToMs: nowMs };
}

function invalid(message: string): SchedulerFault {
  return new SchedulerFault(400, 'ValidationException', message);
}

/** The moments after `firedUpToMs` at which the schedule runs, the first of them. */
export function runsOf(schedule: StoredSchedule, count: number): readonly number[] {
  if (schedule.State !== 'ENABLED') return [];
  const startsAtMs = schedule.StartDate === undefined ? schedule.createdAtMs : schedule.StartDate * 1000;
  const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone, firedUpToMs } = schedule;
  return nextRuns({ expression, timezone, startsAtMs }, Math.max(firedUpToMs, startsAtMs - 1), count);
}

/** What the target gets: its input with the moment of the run in it. */
export function inputFor({ Target }: StoredSchedule, atMs: number): unknown {
  const moment = new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return JSON.parse((Target.Input ?? '{}').replaceAll('<aws.scheduler.scheduled-time>', moment));
}
