import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import * as v from 'valibot';
import { inWords } from './line-texts.ts';
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
export async function readLogs(o: {
  readonly region: string;
  readonly stage: string;
  readonly id: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly reading: (functionName: string) => void;
}): Promise<readonly Happening[]> {
  const client = new CloudWatchLogsClient({ region: o.region });
  const logGroupNamePrefix = `/aws/lambda/qingniao-${o.stage}-`;
  const happenings: Happening[] = [];
  try {
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
      for (const { logGroupName = '' } of logGroups) {
        const source = logGroupName.slice(logGroupNamePrefix.length);
        o.reading(source);
        happenings.push(...(await readGroup(client, logGroupName, source, o)));
      }
    }
    return happenings;
  } finally {
    client.destroy();
  }
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
    .map(([name, value]) => `${name}=${asText(value)}`);
  return {
    atMs: timestamp,
    source,
    says: inWords(message, told.join('  ')),
    ...(level !== 'INFO' && { isTrouble: true }),
  };
}

/** An error is told by its message: where it was thrown stands in the log. */
function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  const error = v.safeParse(v.looseObject({ name: v.string(), message: v.string() }), value);
  return error.success ? `${error.output.name}: ${error.output.message}` : JSON.stringify(value);
}

/** Those of many lines that are about something, by its id, in words. */
export function linesAbout(source: string, lines: readonly string[], id: string): readonly Happening[] {
  return lines.flatMap((line) => (line.includes(`"${id}"`) ? (toHappening(source, line, id) ?? []) : []));
}
