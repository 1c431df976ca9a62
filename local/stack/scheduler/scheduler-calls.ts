import * as v from 'valibot';
import type { Clock } from '../../../lib/clock.ts';
import type { ScheduleShelf } from './schedule-shelf.ts';
import { SchedulerFault, type StoredSchedule, scheduleFrom } from './stored-schedule.ts';

/** A call of EventBridge Scheduler's API as it comes over HTTP. */
export interface SchedulerCall {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
}

const ARN = 'arn:aws:scheduler:us-east-1:000000000000';
const MOST_PER_PAGE = 100;

/** Answers one call: the body of a 200. @throws SchedulerFault */
export function answerCall(
  shelf: ScheduleShelf,
  clock: Clock,
  { method, url, body }: SchedulerCall,
): unknown {
  const name = /^\/schedules\/([^/]+)$/.exec(url.pathname)?.[1];
  if (name === undefined) {
    if (method === 'GET' && url.pathname === '/schedules') return list(shelf, url.searchParams);
    throw new SchedulerFault(
      404,
      'ResourceNotFoundException',
      `The local scheduler knows no ${method} ${url.pathname}.`,
    );
  }
  const group = url.searchParams.get('groupName') ?? 'default';
  switch (method) {
    case 'POST': {
      const schedule = scheduleFrom(name, parsed(body), clock());
      shelf.add(schedule);
      return { ScheduleArn: arnOf(schedule) };
    }
    case 'PUT': {
      const schedule = scheduleFrom(name, parsed(body), clock());
      shelf.replace(schedule);
      return { ScheduleArn: arnOf(schedule) };
    }
    case 'GET':
      return shown(shelf.get(group, name));
    case 'DELETE':
      shelf.remove(group, name);
      return {};
    default:
      throw new SchedulerFault(404, 'ResourceNotFoundException', `The local scheduler knows no ${method}.`);
  }
}

function parsed(body: string): unknown {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson()), body);
  if (result.success) return result.output;
  throw new SchedulerFault(400, 'ValidationException', 'The body is not JSON.');
}

function list(shelf: ScheduleShelf, query: URLSearchParams): unknown {
  const group = query.get('ScheduleGroup');
  const prefix = query.get('NamePrefix') ?? '';
  const after = query.get('NextToken') ?? '';
  const limit = Number(query.get('MaxResults') ?? MOST_PER_PAGE);
  const found = shelf
    .all()
    .filter(
      ({ GroupName, Name }) => (group ?? GroupName) === GroupName && Name.startsWith(prefix) && Name > after,
    )
    .toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
  const page = found.slice(0, limit);
  return {
    Schedules: page.map(({ Name, GroupName, State, Target, ...rest }) => ({
      Arn: arnOf({ Name, GroupName }),
      Name,
      GroupName,
      State,
      Target: { Arn: Target.Arn },
      ...dates(rest),
    })),
    ...(found.length > page.length && { NextToken: page.at(-1)?.Name }),
  };
}

function shown({ createdAtMs, changedAtMs, firedUpToMs: _, ...schedule }: StoredSchedule): unknown {
  return { ...schedule, Arn: arnOf(schedule), ...dates({ createdAtMs, changedAtMs }) };
}

/** Epoch seconds, as the wire has them. */
function dates({ createdAtMs, changedAtMs }: Pick<StoredSchedule, 'createdAtMs' | 'changedAtMs'>) {
  return { CreationDate: createdAtMs / 1000, LastModificationDate: changedAtMs / 1000 };
}

function arnOf({ GroupName, Name }: Pick<StoredSchedule, 'GroupName' | 'Name'>): string {
  return `${ARN}:schedule/${GroupName}/${Name}`;
}
