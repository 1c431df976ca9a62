import { type App, readStage } from '../lib/settings/apps.ts';
import { type FetchParameters, SecretsError } from '../lib/settings/secrets.ts';

/** The secrets that each mini program has of its own. */
export const SECRETS_OF_APP = ['WECHAT_APP_SECRET', 'WECHAT_PUSH_TOKEN', 'WECHAT_PUSH_AES_KEY'] as const;

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
