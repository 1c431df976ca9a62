import * as v from 'valibot';
import { stageParams } from '../stage-params.ts';

/** The secrets that a stage has, by the names that `--rotate` takes. */
export const SECRETS = ['app-secret', 'session-secret', 'api-keys', 'push-token', 'push-aes-key'] as const;

/** One of {@link SECRETS}. */
export type SecretKind = (typeof SECRETS)[number];

/** Where a stage keeps its secrets. */
export interface ParameterNames {
  readonly parameters: Readonly<Record<SecretKind, string>>;
  /** Lists the stage's mini programs beside the first; below it lie their settings and secrets. */
  readonly appsPath: string;
  /** What the webhook's requests carry: a secret of Secrets Manager, since no parameter can be referred to there. */
  readonly webhookSecret: string;
  /** The key that encrypts them. */
  readonly keyAlias: string;
}

const NAMES = {
  'app-secret': 'appSecretParam',
  'session-secret': 'sessionSecretParam',
  'api-keys': 'apiKeysParam',
  'push-token': 'pushTokenParam',
  'push-aes-key': 'pushAesKeyParam',
} as const satisfies Record<SecretKind, string>;

/** The parameters of a stage, as serverless.yml names them. */
export async function parameterNames(stage: string): Promise<ParameterNames> {
  const params = await stageParams(stage);
  const named = (param: string) =>
    v
      .parse(v.string(), params[param])
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of serverless.yml
      .replaceAll('${sls:stage}', stage);
  return {
    parameters: {
      'app-secret': named(NAMES['app-secret']),
      'session-secret': named(NAMES['session-secret']),
      'api-keys': named(NAMES['api-keys']),
      'push-token': named(NAMES['push-token']),
      'push-aes-key': named(NAMES['push-aes-key']),
    },
    appsPath: named('appsPath'),
    webhookSecret: named('webhookSecretName'),
    keyAlias: named('secretsKeyAlias'),
  };
}
