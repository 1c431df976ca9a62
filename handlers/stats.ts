import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { statisticsRoutes } from '../lib/api/routes/statistics.ts';
import { createStatisticsReader } from '../lib/dynamodb/dynamodb-statistics.ts';
import { createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { openDynamoDb } from '../lib/runtime/aws.ts';
import { closing, createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openStage } from '../lib/runtime/stage.ts';
import { openAliasLookup } from '../lib/runtime/templates.ts';
import type { Environment } from '../lib/settings/settings.ts';
import { readStatistics, type StatisticsQuery } from '../lib/statistics/statistics.ts';
import { knownKinds } from '../lib/templates/catalogue.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const runtime = createRuntime(overrides);
  const stage = await openStage(env, ['app', 'sessions', 'apiKeys', 'templates', 'table'], runtime);
  const client = openDynamoDb(env);
  const apps = await stage.apps((settings, base) => {
    const table = { client, name: settings.table.name, appId: settings.app.appId };
    const statistics = createStatisticsReader(table);
    const templates = createTemplateStore(table, base.logger);
    return {
      names: openAliasLookup(table, settings, base),
      kindsOf: (templateIds: readonly string[]) => knownKinds(templates, templateIds),
      readStatistics: (query: StatisticsQuery) => readStatistics({ ...base, statistics }, query),
    };
  });
  return httpServices(stage, runtime, { apps, close: closing(apps, client) });
}

/** Shows what became of grants and messages, by template and day. */
export function createHandler(services: HttpServices<Parameters<typeof statisticsRoutes>[0]>) {
  return createHttpHandler(statisticsRoutes, services);
}
