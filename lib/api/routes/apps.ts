import * as v from 'valibot';
import { APP_STATUSES, type AppState } from '../../apps/app-state.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { rfc3339, toRfc3339 } from '../schemas/common.ts';

/** A mini program of the stage. */
export const app = v.object({
  appid: v.string(),
  name: v.exactOptional(v.pipe(v.string(), v.description('What the owner calls it.'))),
  status: v.pipe(
    v.picklist(APP_STATUSES),
    v.description(
      'credentials-refused: WeChat gives no access token for its AppSecret or from this address, or its settings are wrong. sending-stopped: by the owner, or until the next probe by a used-up quota or a penalty of WeChat’s.',
    ),
  ),
  templatesSyncedAt: v.exactOptional(rfc3339),
});

/** The mini programs that an API key may use. */
export const appList = v.object({ items: v.array(app) });

/** `GET /v1/apps`. */
export const listAppsSpec = routeSpec({
  method: 'GET',
  path: '/v1/apps',
  operationId: 'listApps',
  summary: 'The mini programs that this API key may use, and their states',
  description:
    'The first is the one that calls without the header x-wechat-appid are for, unless the API key names others.',
  access: { operator: 'read' },
  answers: { 200: { description: 'The mini programs', schema: appList } },
  problems: [],
});

/** A mini program with its state. */
export interface AppWithState extends AppState {
  readonly appId: string;
  readonly name?: string;
}

/** The route of `/v1/apps`. `list` reads the state of those of the appids that the stage has; of all without. */
export function appRoutes({
  list,
}: {
  readonly list: (appIds?: readonly string[]) => Promise<readonly AppWithState[]>;
}): readonly Route[] {
  return [
    route(listAppsSpec, async ({ caller }) => {
      const apps = await list(caller.appids);
      const items = apps.map(({ appId, name, status, templatesSyncedAtMs: atMs }) => ({
        appid: appId,
        ...(name !== undefined && { name }),
        status,
        ...(atMs !== undefined && { templatesSyncedAt: toRfc3339(atMs) }),
      }));
      return { status: 200, body: { items } };
    }),
  ];
}
