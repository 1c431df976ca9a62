import { type ParameterNames, SECRETS, type SecretKind } from './parameter-names.ts';
import { openSsmParameters } from './ssm-parameters.ts';

/** The secrets that are stored, by kind. */
export type StoredSecrets = Readonly<Partial<Record<SecretKind, string>>>;

/** Where a stage's secrets lie. */
export interface SecretStore {
  read(): Promise<StoredSecrets>;
  /** With `replace` false a parameter that has come up in between is left alone, and that is an error. */
  write(kind: SecretKind, value: string, replace: boolean): Promise<void>;
  close(): void;
}

/** The secrets of a stage as SecureString parameters. What fails is a CommandError that names the parameter and no value. */
export function openSecretStore({ parameters, keyAlias }: ParameterNames, region: string): SecretStore {
  const ssm = openSsmParameters(region, keyAlias);
  return {
    async read() {
      const values = await ssm.fetch(Object.values(parameters));
      return Object.fromEntries(
        SECRETS.flatMap((kind) => {
          const value = values.get(parameters[kind]);
          return value === undefined ? [] : [[kind, value]];
        }),
      );
    },
    write: (kind, value, replace) => ssm.write(parameters[kind], value, { type: 'SecureString', replace }),
    close: ssm.close,
  };
}
