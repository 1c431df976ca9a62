import { settledBy } from '../api/message-api.ts';
import { createGrantReader } from '../grants/read-grants.ts';
import type { GrantReport } from '../grants/record-report.ts';
import { reportGrants } from '../grants/report-grants.ts';
import { loadSecrets } from '../secrets.ts';
import { readSettings } from '../settings.ts';
import { createGrantStore } from '../table/dynamodb-grant-store.ts';
import { createMessageStore } from '../table/dynamodb-message-store.ts';
import { createTemplateStore } from '../table/dynamodb-template-store.ts';
import { httpServices } from './api.ts';
import { fetchFromSsm, openTable } from './aws.ts';
import type { Environment, Overrides } from './cold-start.ts';
import { foundation } from './foundation.ts';
import { knownKinds } from './known-kinds.ts';
import { openNames } from './template-names.ts';

/** What the function that records and shows grants needs. */
export async function wireGrants(env: Environment, overrides?: Overrides) {
  const secrets = await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS'], fetchFromSsm(env));
  const settings = readSettings(secrets, ['app', 'sessions', 'apiKeys', 'grants', 'templates', 'table']);
  const base = foundation(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const options = { ...base, newVersion: base.newUuid };
  const grantStore = createGrantStore(table, options);
  const templates = createTemplateStore(table, base.logger);
  const messages = createMessageStore(table, options);

  return {
    ...httpServices(settings, base),
    names: openNames(table, settings, base),
    grants: createGrantReader(grantStore, settledBy({ store: messages, clock: base.clock })),
    async report(openid: string, requestId: string, report: GrantReport) {
      const kinds = await knownKinds(templates, Object.keys(report.results));
      return reportGrants(
        { ...base, ...settings.grants, store: grantStore },
        openid,
        requestId,
        report,
        kinds,
      );
    },
    async close() {
      table.client.destroy();
    },
  };
}
