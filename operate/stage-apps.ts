import { APP_SECRETS, type App } from '../lib/settings/apps.ts';
import { readStage } from '../lib/settings/read-stage.ts';
import { type FetchParameters, SecretsError } from '../lib/settings/secrets.ts';
import { SECRET_NAMES } from '../lib/settings/settings.ts';

/** The secrets that each mini program has of its own. */
const SECRETS_OF_APP = SECRET_NAMES.filter((name) => Object.hasOwn(APP_SECRETS, name));

/** Where a stage's mini programs are found. */
interface StageToRead {
  /** The parameter that lists those beside the first. */
  readonly appsPath: string;
  readonly firstAppId: string;
}

/**
 * The mini programs of a stage as the functions see them, the first one first; those beside it with their
 * secrets.
 *
 * @throws what `fetch` throws
 */
export async function readStageApps(
  { appsPath, firstAppId }: StageToRead,
  fetch: FetchParameters,
): Promise<readonly App[]> {
  try {
    const env = { APPS_PATH: appsPath, WECHAT_APP_ID: firstAppId };
    return (await readStage(env, SECRETS_OF_APP, fetch)).apps;
  } catch (error) {
    // What it says besides is for functions.
    throw error instanceof SecretsError && error.cause !== undefined ? error.cause : error;
  }
}
