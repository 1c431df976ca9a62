import type { LogFields, Logger } from '../logger.ts';
import { type App, AppNotReadyError, UnknownAppError } from '../settings/apps.ts';
import type { StageSettings } from '../settings/read-stage.ts';
import { SettingsError } from '../settings/settings.ts';

/** The services of each of a stage's mini programs. */
export interface Apps<S> {
  /** The mini programs as they are now, the first one first. */
  list(): Promise<readonly App[]>;
  /** The services of one app; without an appid, of the first. @throws UnknownAppError, AppNotReadyError */
  of(appId?: string): Promise<OneApp<S>>;
  close(): Promise<void>;
}

/** A mini program with what was made for it. */
interface OneApp<S> {
  readonly app: App;
  readonly services: S;
}

/**
 * Makes the services of each app when they are first asked for, and again when its settings have changed. A
 * `close` among them lets go of what only they hold open.
 */
export function createApps<S extends object>(
  latest: () => Promise<StageSettings>,
  build: (app: App) => S,
): Apps<S> {
  const built = new Map<string, OneApp<S>>();

  function made(app: App): OneApp<S> {
    const known = built.get(app.appId);
    if (known?.app === app) return known;
    // The old ones are not closed: what is under way may still use them, and idle connections close by themselves.
    const anew = { app, services: buildOrExplain(app, build) };
    built.set(app.appId, anew);
    return anew;
  }

  return {
    list: async () => (await latest()).apps,
    async of(appId) {
      const { apps } = await latest();
      const app = appId === undefined ? apps[0] : apps.find((each) => each.appId === appId);
      if (!app) throw new UnknownAppError(appId ?? '');
      return made(app);
    },
    async close() {
      await Promise.all([...built.values()].map(({ services }) => closeServices(services)));
    },
  };
}

async function closeServices(services: object): Promise<void> {
  if ('close' in services && typeof services.close === 'function') await services.close();
}

/** The first app's mistakes are the stage's, and are told as such. */
function buildOrExplain<S>(app: App, build: (app: App) => S): S {
  if (app.problem !== undefined) throw new AppNotReadyError(app.appId, [app.problem]);
  try {
    return build(app);
  } catch (error) {
    if (app.isFirst || !(error instanceof SettingsError)) throw error;
    throw new AppNotReadyError(app.appId, error.problems);
  }
}

/**
 * Does the same for each mini program at the same time. One that fails stops no other; its failure is logged,
 * and thrown when all are done.
 */
export async function forEachApp<S>(
  apps: Pick<Apps<S>, 'list' | 'of'>,
  logger: Logger,
  work: (services: S, app: App) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const doOne = async ({ appId }: App) => {
    try {
      const { app, services } = await apps.of(appId);
      await work(services, app);
    } catch (error) {
      logger.error('This could not be done for one mini program, and was done for the others.', {
        appid: appId,
        error,
      });
      failures.push(error);
    }
  };
  await Promise.all((await apps.list()).map(doOne));
  if (failures.length > 0) throw failures[0];
}

/** Services of apps by their ids, for functions that hold no settings of an app. */
export function perApp<S>(build: (appId: string) => S): (appId: string) => S {
  const built = new Map<string, S>();
  return (appId) => {
    const services = built.get(appId) ?? build(appId);
    built.set(appId, services);
    return services;
  };
}

/** A logger whose lines say which mini program they are about. */
export function appLogger(logger: Logger, appId: string): Logger {
  const withApp = (fields?: LogFields) => ({ appid: appId, ...fields });
  return {
    info: (message, fields) => logger.info(message, withApp(fields)),
    warn: (message, fields) => logger.warn(message, withApp(fields)),
    error: (message, fields) => logger.error(message, withApp(fields)),
  };
}
