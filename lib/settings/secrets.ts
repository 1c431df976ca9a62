import * as v from 'valibot';
import type { Environment, SecretName } from './settings.ts';

/** Secrets of what is off without them: their parameters need not exist. */
const OPTIONAL: ReadonlySet<SecretName> = new Set<SecretName>(['WECHAT_PUSH_TOKEN', 'WECHAT_PUSH_AES_KEY']);

/** A mini program whose sending is stopped needs no AppSecret either. */
function isNeeded(name: SecretName, env: Environment): boolean {
  return !OPTIONAL.has(name) && !(name === 'WECHAT_APP_SECRET' && env['SENDING'] === 'stopped');
}

/** Values of parameters by name, decrypted; those that do not exist are absent. */
export type FetchParameters = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Thrown when secrets could not be read. The message names the parameters and no value. */
export class SecretsError extends Error {
  override readonly name = 'SecretsError';
  readonly code: 'secrets-unavailable' | 'secrets-throttled' | 'secrets-refused';
  constructor(message: string, code: SecretsError['code'] = 'secrets-unavailable', cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** How SSM says that the account asks too often; known by its name, since the SDK is not known here. */
const throttling = v.object({ name: v.literal('ThrottlingException') });

/** How the SDK marks an answer of SSM's that no repeat changes, as that a key may not be used. */
const refusal = v.object({ $fault: v.literal('client') });

/** The parameters that hold the secrets asked for; one that is given as a plain variable needs none. */
export function secretParameters(env: Environment, names: readonly SecretName[]): readonly string[] {
  return [...new Set(wantedOf(env, names).map(({ parameter }) => parameter))];
}

/**
 * The environment with the secrets filled in from `values`; one that is given as a plain variable is left as
 * it is.
 *
 * @throws SecretsError that names all parameters that do not exist and are needed
 */
export function withSecrets(
  env: Environment,
  names: readonly SecretName[],
  values: ReadonlyMap<string, string>,
): Environment {
  const wanted = wantedOf(env, names);
  const missing = wanted.filter(({ name, parameter }) => !values.has(parameter) && isNeeded(name, env));
  if (missing.length > 0) {
    const list = missing.map(({ name, parameter }) => `${parameter} (${name}_PARAM)`).join(', ');
    throw new SecretsError(`Create these SSM parameters or correct their names: ${list}`);
  }
  return {
    ...env,
    ...Object.fromEntries(wanted.map(({ name, parameter }) => [name, values.get(parameter)])),
  };
}

function wantedOf(env: Environment, names: readonly SecretName[]) {
  return names.flatMap((name) => {
    const parameter = env[`${name}_PARAM`];
    return env[name] || !parameter ? [] : [{ name, parameter }];
  });
}

/** SSM gives so many parameters in one call. */
const NAMES_PER_CALL = 10;

/** Reads parameters, however many; those that do not exist are absent. @throws SecretsError that says why */
export async function readParameters(
  names: readonly string[],
  fetchParameters: FetchParameters,
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  for (let first = 0; first < names.length; first += NAMES_PER_CALL) {
    const some = await fetchOrExplain(names.slice(first, first + NAMES_PER_CALL), fetchParameters);
    for (const [name, value] of some) values.set(name, value);
  }
  return values;
}

async function fetchOrExplain(names: readonly string[], fetchParameters: FetchParameters) {
  try {
    return await fetchParameters(names);
  } catch (cause) {
    if (v.is(throttling, cause)) {
      throw new SecretsError(
        `SSM throttles reading ${names.join(', ')}: the account asks for more than its 40 a second. It is tried again at the next call; where it lasts, raise the limit in SSM's settings.`,
        'secrets-throttled',
        cause,
      );
    }
    throw new SecretsError(
      `SSM did not give ${names.join(', ')}. Check that the function's role may read and decrypt them.`,
      v.is(refusal, cause) ? 'secrets-refused' : 'secrets-unavailable',
      cause,
    );
  }
}
