import { createHttpHandler, type HttpServices, httpServices } from '../lib/api/http-handler.ts';
import { answerFailedStart } from '../lib/api/middleware.ts';
import { type TemplateRouteServices, templateRoutes } from '../lib/api/routes/templates.ts';
import { createAuditTrail } from '../lib/dynamodb/dynamodb-audit-trail.ts';
import { createAliasStore, createTemplateStore } from '../lib/dynamodb/dynamodb-template-store.ts';
import { fetchFromSsm, openTable } from '../lib/runtime/aws.ts';
import { createRuntime, type Overrides, onColdStart } from '../lib/runtime/runtime.ts';
import { openCatalogue, openNames, openSync } from '../lib/runtime/templates.ts';
import { openWeChat } from '../lib/runtime/wechat.ts';
import { type Environment, loadSecrets, readSettings } from '../lib/settings/settings.ts';
import { removeAlias, setAlias } from '../lib/templates/aliases.ts';
import { declareKind } from '../lib/templates/declare-kind.ts';
import { remedyFor } from '../lib/wechat/errcodes.ts';

export const handler = onColdStart(buildServices, createHandler, answerFailedStart);

export async function buildServices(env: Environment, overrides?: Overrides) {
  const settings = readSettings(
    await loadSecrets(env, ['SESSION_SECRET', 'API_KEYS', 'WECHAT_APP_SECRET'], fetchFromSsm(env)),
    ['app', 'sessions', 'apiKeys', 'wechat', 'templates', 'table'],
  );
  const base = createRuntime(overrides);
  const table = openTable(env, settings.table.name, settings.app.appId);
  const wechat = openWeChat(settings, table, base);
  const catalogue = openCatalogue(table, wechat, base);
  const { aliases: configured, pages } = settings.templates;
  const naming = { ...base, store: createAliasStore(table, { newVersion: base.newUuid }), configured };
  const kinds = createTemplateStore(table, base.logger);
  const templates: TemplateRouteServices = {
    catalogue,
    names: openNames(table, settings, base),
    sync: openSync(table, catalogue, base),
    setAlias: (change) => setAlias(naming, change),
    removeAlias: (templateId) => removeAlias(naming, templateId),
    declareKind: (template, kind) => declareKind(kinds, template, kind),
    remedyFor: (errcode, errmsg) => remedyFor(errcode, errmsg, 'templates'),
    ...(pages !== undefined && { pages }),
  };
  return {
    ...httpServices(settings, base),
    audit: createAuditTrail(table, base),
    templates,
    async close() {
      await wechat.close();
      table.client.destroy();
    },
  };
}

interface Services extends HttpServices {
  readonly templates: TemplateRouteServices;
}

/** Shows the account's templates, reads them again, tries data against them and names them. */
export function createHandler({ templates, ...http }: Services) {
  return createHttpHandler(templateRoutes(templates), http);
}
