import {
  type CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import * as v from 'valibot';
import type { Happening } from './story.ts';

/** A line as our functions log it; what else it holds are facts. */
const lineSchema = v.looseObject({
  level: v.string(),
  timestamp: v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => Date.parse(text)),
  ),
  message: v.string(),
});

/** So many lines of one function tell enough. */
const MOST_LINES = 200;

/**
 * What the functions of a stage logged about something, by its id. Reads every log group of the stage between two moments.
 * `reading` is told the function that is looked through.
 */
export async function readLogs(
  client: CloudWatchLogsClient,
  o: {
    readonly stage: string;
    readonly id: string;
    readonly fromMs: number;
    readonly toMs: number;
    readonly reading: (functionName: string) => void;
  },
): Promise<readonly Happening[]> {
  const prefix = `/aws/lambda/qingniao-${o.stage}-`;
  const happenings: Happening[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client },
    { logGroupNamePrefix: prefix },
  )) {
    for (const { logGroupName = '' } of logGroups) {
      const source = logGroupName.slice(prefix.length);
      o.reading(source);
      happenings.push(...(await readGroup(client, logGroupName, source, o)));
    }
  }
  return happenings;
}

async function readGroup(
  client: CloudWatchLogsClient,
  logGroupName: string,
  source: string,
  { id, fromMs, toMs }: { id: string; fromMs: number; toMs: number },
): Promise<readonly Happening[]> {
  const happenings: Happening[] = [];
  const pages = paginateFilterLogEvents(
    { client },
    { logGroupName, startTime: fromMs, endTime: toMs, filterPattern: JSON.stringify(id) },
  );
  for await (const { events = [] } of pages) {
    for (const { message = '' } of events) {
      const happening = toHappening(source, message, id);
      if (happening) happenings.push(happening);
    }
    if (happenings.length >= MOST_LINES) break;
  }
  return happenings.slice(0, MOST_LINES);
}

/** A line in words; undefined for one that is none of ours. */
function toHappening(source: string, line: string, id: string): Happening | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), lineSchema), line);
  if (!parsed.success) return undefined;
  const { level, timestamp, message, ...facts } = parsed.output;
  const told = Object.entries(facts)
    .filter(([, value]) => value !== id && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  const text = [message, ...told].join('  ');
  return {
    atMs: timestamp,
    source,
    says: { en: text, zh: text },
    ...(level !== 'INFO' && { isTrouble: true }),
  };
}
