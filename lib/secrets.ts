import type { Clock } from './clock.ts';
import type { Env } from './settings.ts';

/** Settings whose value may lie in an SSM parameter, which the variable `<name>_PARAM` names. */
const SECRET_NAMES = [
  'WECHAT_APP_SECRET',
  'WECHAT_PUSH_TOKEN',
  'WECHAT_PUSH_AES_KEY',
  'API_KEYS',
  'SESSION_SECRET',
] as const;

/** How long values are kept: a revoked API key is refused after this time at the latest. */
const KEPT_MS = 15 * 60_000;

/** After a failed renewal the old values serve on for this long before the next try. */
const RETRY_AFTER_MS = 60_000;

/** Values of parameters by name, decrypted; those that do not exist are absent. At most ten are asked for. */
export type FetchParameters = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Secrets could not be read. The message names the parameters and no value. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly code = 'secrets-unavailable';
}

/** What {@link createSecretEnv} needs. */
export interface SecretEnvOptions {
  readonly env: Env;
  readonly clock: Clock;
  /** Default: AWS Systems Manager, loaded only if a parameter is named. */
  readonly fetchParameters?: FetchParameters;
}

/**
 * The environment with its secrets filled in. Calls within 15 minutes answer from memory; a renewal that fails leaves
 * the values as they were and is tried again a minute later. A plain variable goes before its `_PARAM`.
 *
 * @throws SecretsError on the first read, naming every parameter that is missing
 */
export function createSecretEnv({
  env,
  clock,
  fetchParameters = fetchFromSsm,
}: SecretEnvOptions): () => Promise<Env> {
  const wanted = wantedParameters(env);
  let current: Env | undefined;
  let freshUntilMs = 0;
  return async () => {
    if (wanted.size === 0) return env;
    if (current && clock() < freshUntilMs) return current;
    try {
      current = { ...env, ...(await readSecrets(wanted, fetchParameters)) };
      freshUntilMs = clock() + KEPT_MS;
    } catch (error) {
      if (!current) throw error;
      freshUntilMs = clock() + RETRY_AFTER_MS;
    }
    return current;
  };
}

/** Parameter name by the setting that it is for. */
function wantedParameters(env: Env): ReadonlyMap<string, string> {
  return new Map(
    SECRET_NAMES.flatMap((name) => {
      const parameter = env[`${name}_PARAM`];
      return env[name] || !parameter ? [] : [[name, parameter]];
    }),
  );
}

async function readSecrets(
  wanted: ReadonlyMap<string, string>,
  fetchParameters: FetchParameters,
): Promise<Env> {
  const values = await fetchOrExplain([...new Set(wanted.values())], fetchParameters);
  const missing = [...wanted].filter(([, parameter]) => !values.has(parameter));
  if (missing.length > 0) {
    const list = missing.map(([name, parameter]) => `${parameter} (${name}_PARAM)`).join(', ');
    throw new SecretsError(`Create these SSM parameters or correct their names: ${list}`);
  }
  return Object.fromEntries([...wanted].map(([name, parameter]) => [name, values.get(parameter)]));
}

async function fetchOrExplain(names: readonly string[], fetchParameters: FetchParameters) {
  try {
    return await fetchParameters(names);
  } catch (cause) {
    throw new SecretsError(
      `SSM did not give ${names.join(', ')}. Check that the function's role may read and decrypt them.`,
      { cause },
    );
  }
}

/** Loaded on demand: a function or a local start without parameters need not pay for the client. */
async function fetchFromSsm(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { GetParametersCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient();
  try {
    const answer = await client.send(new GetParametersCommand({ Names: [...names], WithDecryption: true }));
    return new Map(
      (answer.Parameters ?? []).flatMap(({ Name, Value }) =>
        Name === undefined || Value === undefined ? [] : [[Name, Value]],
      ),
    );
  } finally {
    client.destroy();
  }
}
