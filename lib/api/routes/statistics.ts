import * as v from 'valibot';
import type { StatisticsQuery, StatisticsResult } from '../../statistics/read-statistics.ts';
import type { TemplateNames } from '../../templates/template-names.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../paging.ts';
import { inputError, ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { statisticsPage, statisticsQuery } from '../schemas/statistics.ts';

/** What this route does its work with. */
export interface StatisticsRouteServices {
  readonly readStatistics: (query: StatisticsQuery) => Promise<StatisticsResult>;
  readonly names: Pick<TemplateNames, 'resolveTemplateId' | 'aliasOf'>;
}

/** The form of `GET /v1/stats`. */
export const getStatisticsSpec = routeSpec({
  method: 'GET',
  path: '/v1/stats',
  operationId: 'getStatistics',
  summary: 'What became of grants and messages, by template and day',
  description:
    'By template and then by day; days on which nothing happened are left out. What has happened shows within some seconds.',
  access: { operator: 'read' },
  query: v.strictObject({ ...pageQuery, ...statisticsQuery }),
  answers: { 200: { description: 'The statistics', schema: statisticsPage } },
  problems: [],
});

const place = v.object({ templateId: v.string(), day: v.string() });

/** The route of `/v1/stats`. */
export function statisticsRoutes({ readStatistics, names }: StatisticsRouteServices): readonly Route[] {
  return [
    route(getStatisticsSpec, async ({ query: { cursor, templateId, ...query } }) => {
      const after = decodeCursor(place, cursor);
      const id = templateId === undefined ? undefined : await names.resolveTemplateId(templateId);
      const result = await readStatistics({
        ...query,
        ...(id !== undefined && { templateId: id }),
        ...(after && { after }),
      });
      if (result.type !== 'page') throw invalidRange(result.type);
      const items = await Promise.all(
        result.items.map(async (item) => {
          const templateAlias = await names.aliasOf(item.templateId);
          const { failed, ...counts } = item;
          return { ...counts, failed: { ...failed }, ...(templateAlias !== undefined && { templateAlias }) };
        }),
      );
      const last = result.items.at(-1);
      const nextCursor =
        result.hasMore && last && encodeCursor({ templateId: last.templateId, day: last.day });
      return { status: 200, body: { items, ...(nextCursor && { nextCursor }) } };
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
