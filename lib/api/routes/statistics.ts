import * as v from 'valibot';
import { isSubscription, type TemplateKind } from '../../grants/ledger.ts';
import type { StatisticsQuery, StatisticsResult } from '../../statistics/statistics.ts';
import type { AliasLookup } from '../../templates/alias-lookup.ts';
import { isRealDate } from '../../time-zone.ts';
import { decodeCursor, pageOf, pageQuery, pageReply } from '../paging.ts';
import { inputError, ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { alias, count, templateId, timezone } from '../schemas/common.ts';
import { ERROR_MESSAGES } from '../schemas/error-messages.ts';

const day = v.pipe(
  v.string(),
  v.metadata({ format: 'date' }),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, ERROR_MESSAGES.day),
  v.check(isRealDate, ERROR_MESSAGES.realDay),
);

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
    v.nullable(count),
    v.description(
      'Grants of all users that were left at the end of the day; today: that are left now. null for a long-term, limited or device template.',
    ),
  ),
});

/** A page of statistics. */
export const statisticsPage = pageOf(dayStatistics);

/** The routes of `/v1/stats` as data. */
export const statisticsSpecs = describeRoutes({
  getStatistics: {
    route: 'GET /v1/stats',
    summary: 'What became of grants and messages, by template and day',
    description:
      'By template and then by day; days on which nothing happened are left out. What has happened shows within some seconds.',
    access: { operator: 'read' },
    query: v.strictObject({
      ...pageQuery,
      templateId: v.exactOptional(templateId),
      from: v.exactOptional(
        v.pipe(day, v.description('The first day, at most 92 days ago. Six days ago unless given.')),
      ),
      to: v.exactOptional(v.pipe(day, v.description('The last day. Today unless given.'))),
      timezone: v.optional(
        v.pipe(
          timezone,
          v.description('The IANA time zone that days are told in. Asia/Shanghai unless given.'),
        ),
        'Asia/Shanghai',
      ),
    }),
    answers: { 200: { description: 'The statistics', schema: statisticsPage } },
  },
});

const position = v.object({ templateId: v.string(), day: v.string() });

interface StatisticsRouteServices {
  readonly readStatistics: (query: StatisticsQuery) => Promise<StatisticsResult>;
  readonly kindsOf: (templateIds: readonly string[]) => Promise<ReadonlyMap<string, TemplateKind>>;
  readonly names: Pick<AliasLookup, 'resolveTemplateId' | 'aliasOf'>;
}

/** The route of `/v1/stats`. */
export function statisticsRoutes({
  readStatistics,
  kindsOf,
  names,
}: StatisticsRouteServices): readonly Route[] {
  return [
    route(statisticsSpecs.getStatistics, async ({ query: { cursor, templateId: word, ...query } }) => {
      const after = decodeCursor(position, cursor);
      const result = await readStatistics({
        ...query,
        ...(word !== undefined && { templateId: await names.resolveTemplateId(word) }),
        ...(after && { after }),
      });
      if (result.type !== 'page') throw invalidRange(result.type);
      const kinds = await kindsOf([...new Set(result.items.map(({ templateId: id }) => id))]);
      const items = await Promise.all(
        result.items.map(async (item) => {
          const templateAlias = await names.aliasOf(item.templateId);
          const isUncounted = isSubscription(kinds.get(item.templateId) ?? 'unknown');
          return {
            ...item,
            ...(templateAlias !== undefined && { templateAlias }),
            ...(isUncounted && { available: null }),
          };
        }),
      );
      return pageReply(items, result.next);
    }),
  ];
}

function invalidRange(type: 'too-long-ago' | 'wrong-order'): ProblemError {
  const rule =
    type === 'too-long-ago'
      ? { en: 'must be at most 92 days ago', zh: '最早为 92 天前' }
      : { en: 'must not be after the last day, `to`', zh: '不能晚于最后一天 `to`' };
  return new ProblemError('invalid-query', 'Ask for days within the last 92.', {
    errors: [inputError('from', rule)],
  });
}
