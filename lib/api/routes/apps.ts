import * as v from 'valibot';
import { APP_STATUSES, type AppState, type DeadLetters } from '../../apps/app-state.ts';
import { SCOPES } from '../../settings/setting-values.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { count, rfc3339, toRfc3339 } from '../schemas/common.ts';

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

/** What an API key may do. */
export const scope = v.picklist(SCOPES);

/** The mini programs that an API key may use, and the key itself, so that a page can offer what it may do. */
export const appList = v.object({
  items: v.array(app),
  key: v.object({ name: v.string(), scopes: v.array(scope) }),
  deadLetters: v.exactOptional(
    v.pipe(
      v.object({ sends: count, campaigns: count, events: count, changes: count }),
      v.description(
        'How many jobs of all mini programs were given up, about; docs/en/runbook.md says what to do. Absent when the queues could not be asked, and for an API key that is for some mini programs only.',
      ),
    ),
  ),
});

/** The routes of `/v1/apps` as data. */
export const appSpecs = describeRoutes({
  listApps: {
    route: 'GET /v1/apps',
    summary: 'The mini programs that this API key may use, and their states',
    description:
      'The first is the one that calls without the header x-wechat-appid are for, unless the API key names others.',
    access: { operator: 'read' },
    answers: { 200: { description: 'The mini programs', schema: appList } },
  },
});

interface AppWithState extends AppState {
  readonly appId: string;
  readonly name?: string;
}

/** The route of `/v1/apps`. `list` reads the state of those of the appids that the stage has; of all without. */
export function appRoutes({
  list,
  countDeadLetters,
}: {
  readonly list: (appIds?: readonly string[]) => Promise<readonly AppWithState[]>;
  readonly countDeadLetters: () => Promise<DeadLetters | undefined>;
}): readonly Route[] {
  return [
    route(appSpecs.listApps, async ({ caller }) => {
      // They are of all mini programs, of which a limited key sees nothing.
      const counting = caller.appids ? undefined : countDeadLetters();
      const [apps, deadLetters] = await Promise.all([list(caller.appids), counting]);
      const items = apps.map(({ appId, name, status, templatesSyncedAtMs: atMs }) => ({
        appid: appId,
        ...(name !== undefined && { name }),
        status,
        ...(atMs !== undefined && { templatesSyncedAt: toRfc3339(atMs) }),
      }));
      const { keyName: name, scopes } = caller;
      return { status: 200, body: { items, key: { name, scopes }, ...(deadLetters && { deadLetters }) } };
    }),
  ];
}
