import { GetParametersCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { CommandError } from '../command-line.ts';
import { type ParameterNames, SECRETS, type SecretKind } from './parameter-names.ts';

/** The secrets that are stored, by kind. */
export type StoredSecrets = Readonly<Partial<Record<SecretKind, string>>>;

/** Where a stage's secrets lie. */
export interface SecretStore {
  read(): Promise<StoredSecrets>;
  /** With `replace` false a parameter that has come up in between is left alone, and that is an error. */
  write(kind: SecretKind, value: string, replace: boolean): Promise<void>;
  close(): void;
}

/** What the SSM client has for every stage that keeps the key of AWS. */
const AWS_KEY = 'alias/aws/ssm';

/** The secrets of a stage as SecureString parameters. What fails is a CommandError that names the parameter and no value. */
export function openSecretStore({ parameters, keyAlias }: ParameterNames, region: string): SecretStore {
  const ssm = new SSMClient({ region });
  return {
    async read() {
      const Names = Object.values(parameters);
      const { Parameters = [] } = await ssm
        .send(new GetParametersCommand({ Names, WithDecryption: true }))
        .catch(explained(`The parameters ${Names.join(', ')} cannot be read`, region));
      const values = new Map(Parameters.map(({ Name, Value }) => [Name, Value]));
      return Object.fromEntries(
        SECRETS.flatMap((kind) => {
          const value = values.get(parameters[kind]);
          return value === undefined ? [] : [[kind, value]];
        }),
      );
    },

    async write(kind, value, replace) {
      const Name = parameters[kind];
      await ssm
        .send(
          new PutParameterCommand({
            Name,
            Value: value,
            Type: 'SecureString',
            Overwrite: replace,
            ...(keyAlias !== AWS_KEY && { KeyId: keyAlias }),
          }),
        )
        .catch(explained(`The parameter ${Name} cannot be written`, region));
    },

    close: () => ssm.destroy(),
  };
}

function explained(what: string, region: string) {
  return (error: Error): never => {
    throw new CommandError(
      `${what} in ${region}: ${error.name}: ${error.message}\nCheck --region, the AWS credentials and their rights (ssm:GetParameters, ssm:PutParameter). 请检查 --region、AWS 凭证及其权限。`,
    );
  };
}
