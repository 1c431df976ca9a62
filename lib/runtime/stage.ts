import type { App } from '../settings/apps.ts';
import { readStage, type StageSettings } from '../settings/read-stage.ts';
import { type Environment, readSettings, type Settings, secretsOf } from '../settings/settings.ts';
import type { SettingsPart } from '../settings/settings-parts.ts';
import { type Apps, appLogger, createApps } from './apps.ts';
import { fetchFromSsm } from './aws.ts';
import type { Runtime } from './runtime.ts';

/** A stage's settings as one function sees them: read at its start, and again within five minutes. */
interface Stage<P extends SettingsPart> {
  /** Those of the stage and its first app, as they were at the start. */
  readonly settings: Pick<Settings, P>;
  /** The same as they are now. */
  current(): Promise<Pick<Settings, P>>;
  /** What `build` makes of the settings of each app. Those of the first app are made at once. */
  apps<S extends object>(
    build: (settings: Pick<Settings, P>, base: Runtime, app: App) => S,
  ): Promise<Apps<S>>;
}

/**
 * Reads a stage's settings, with the secrets of these parts and no others: the function's role may read no more.
 *
 * @throws SettingsError that names all bad ones of the first app and the stage; SecretsError
 */
export async function openStage<const P extends SettingsPart>(
  env: Environment,
  parts: readonly P[],
  runtime: Runtime,
  fetchParameters = fetchFromSsm(env),
): Promise<Stage<P>> {
  const secrets = secretsOf(parts);
  const parsed = new WeakMap<StageSettings, Pick<Settings, P>>();
  const parse = (stage: StageSettings): Pick<Settings, P> => {
    const settings = parsed.get(stage) ?? readSettings(stage.env, parts);
    parsed.set(stage, settings);
    return settings;
  };
  const latest = await keepRead(async () => {
    const stage = await readStage(env, secrets, fetchParameters);
    parse(stage);
    return stage;
  }, runtime);
  return {
    settings: parse(await latest()),
    current: async () => parse(await latest()),
    async apps(build) {
      const apps = createApps(latest, (app) => {
        const logger = appLogger(runtime.logger, app.appId);
        return build(readSettings(app.env, parts), { ...runtime, logger }, app);
      });
      await apps.of();
      return apps;
    },
  };
}

/** Shorter than the five minutes within which a change takes effect. */
const READ_AGAIN_MS = 4 * 60_000;

/** What cannot be read now is tried again after this; what is known goes on being used. */
const TRY_AGAIN_MS = 30_000;

/** Nobody waits longer for SSM: it may be silent, and what is known will do. */
const WAIT_MS = 2_000;

const READ_ONCE = 'The settings could not be read again; those that are known go on being used.';

/** Reads settings, and reads them again once they are old. Parts that have not changed stay the same objects. */
async function keepRead(
  read: () => Promise<StageSettings>,
  { clock, sleep, logger }: Runtime,
): Promise<() => Promise<StageSettings>> {
  let present = await read();
  let readAgainAtMs = clock() + READ_AGAIN_MS;
  let reading: Promise<void> | undefined;

  async function readAgain(): Promise<void> {
    // Whoever comes meanwhile goes on with what is known.
    readAgainAtMs = clock() + TRY_AGAIN_MS;
    try {
      const now = await read();
      for (const { appId, problem } of now.apps.filter(({ isRefused }) => isRefused))
        logger.warn(READ_ONCE, { appid: appId, problem });
      present = changedParts(present, now);
      readAgainAtMs = clock() + READ_AGAIN_MS;
    } catch (error) {
      logger.warn(READ_ONCE, { error });
    }
  }

  return async () => {
    if (clock() >= readAgainAtMs) {
      reading ??= readAgain().finally(() => {
        reading = undefined;
      });
      await Promise.race([reading, sleep(WAIT_MS)]);
    }
    return present;
  };
}

function changedParts(old: StageSettings, now: StageSettings): StageSettings {
  const apps = now.apps.map(
    (app) =>
      old.apps.find((known) => isSame(known, app) || (app.isRefused && known.appId === app.appId)) ?? app,
  );
  const isUnchanged =
    isSame(old.env, now.env) &&
    apps.length === old.apps.length &&
    apps.every((app, index) => app === old.apps[index]);
  return isUnchanged ? old : { env: now.env, apps };
}

/** Both are made in the same order of the same members. */
function isSame(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
