import * as v from 'valibot';
import { pageOf } from '../paging.ts';
import { count, timezone } from './common.ts';
import { alias, templateId } from './ids.ts';
import { RULES } from './rules.ts';

const day = v.pipe(
  v.string(),
  v.metadata({ format: 'date' }),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, RULES.day),
  v.check(isRealDay, RULES.realDay),
);

function isRealDay(text: string): boolean {
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

/** The query of the statistics, beside limit and cursor. */
export const statisticsQuery = {
  templateId: v.exactOptional(templateId),
  from: v.exactOptional(
    v.pipe(day, v.description('The first day, at most 92 days ago. Six days ago unless given.')),
  ),
  to: v.exactOptional(v.pipe(day, v.description('The last day. Today unless given.'))),
  timezone: v.optional(
    v.pipe(timezone, v.description('The IANA time zone that days are told in. Asia/Shanghai unless given.')),
    'Asia/Shanghai',
  ),
};

/** One template on one day. */
export const dayStatistics = v.object({
  templateId,
  templateAlias: v.exactOptional(alias),
  day: v.pipe(v.string(), v.metadata({ format: 'date' })),
  granted: v.pipe(count, v.description('Grants recorded.')),
  sent: v.pipe(count, v.description('Sends that WeChat accepted, delivered or not.')),
  delivered: v.pipe(count, v.description('Those of which an event told that they arrived.')),
  refused: v.pipe(count, v.description('Sends to users without a usable subscription.')),
  unknown: v.pipe(count, v.description('Sends of unknown fate that have not been settled since.')),
  failed: v.pipe(
    v.record(v.string(), count),
    v.description('Failed sends by errcode, or by reason where WeChat gave none.'),
  ),
  available: v.pipe(
    count,
    v.description('Grants of all users that were left at the end of the day; today: that are left now.'),
  ),
});

/** A page of statistics. */
export const statisticsPage = pageOf(dayStatistics);
