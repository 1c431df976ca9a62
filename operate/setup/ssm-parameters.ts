import {
  DeleteParametersCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { FetchParameters } from '../../lib/settings/secrets.ts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';

/** The parameters of SSM in one region. What fails is a CommandError that names the parameters and no value. */
export interface SsmParameters {
  /** Decrypted; ten in one call at most. */
  readonly fetch: FetchParameters;
  /** With `replace` false a parameter that has come up in between is left alone, and that is an error. */
  write(name: string, value: string, options: WriteOptions): Promise<void>;
  /** Ten in one call at most; those that do not exist are passed over. */
  remove(names: readonly string[]): Promise<void>;
  close(): void;
}

interface WriteOptions {
  readonly type: 'String' | 'SecureString';
  readonly replace: boolean;
}

/** What the SSM client has for every stage that keeps the key of AWS. */
const AWS_KEY = 'alias/aws/ssm';

/** Opens the parameters of a region. SecureStrings are encrypted with the key of that alias. */
export function openSsmParameters(region: string, keyAlias: string): SsmParameters {
  const ssm = new SSMClient({ region });
  return {
    async fetch(names) {
      const { Parameters = [] } = await ssm
        .send(new GetParametersCommand({ Names: [...names], WithDecryption: true }))
        .catch(
          explained(
            say(`The parameters ${names.join(', ')} cannot be read`, `无法读取参数 ${names.join('、')}`),
            'ssm:GetParameters',
            region,
          ),
        );
      return new Map(
        Parameters.flatMap(({ Name, Value }) =>
          Name === undefined || Value === undefined ? [] : [[Name, Value] as const],
        ),
      );
    },

    async write(Name, Value, { type: Type, replace: Overwrite }) {
      const isOwnKey = Type === 'SecureString' && keyAlias !== AWS_KEY;
      const request = { Name, Value, Type, Overwrite, ...(isOwnKey && { KeyId: keyAlias }) };
      await ssm
        .send(new PutParameterCommand(request))
        .catch(
          explained(
            say(`The parameter ${Name} cannot be written`, `无法写入参数 ${Name}`),
            'ssm:PutParameter',
            region,
          ),
        );
    },

    async remove(names) {
      await ssm
        .send(new DeleteParametersCommand({ Names: [...names] }))
        .catch(
          explained(
            say(`The parameters ${names.join(', ')} cannot be deleted`, `无法删除参数 ${names.join('、')}`),
            'ssm:DeleteParameters',
            region,
          ),
        );
    },

    close: () => ssm.destroy(),
  };
}

function explained(what: string, right: string, region: string) {
  return (error: Error): never => {
    throw new CommandError(
      say(
        `${what} in ${region}: ${error.name}: ${error.message}\nCheck --region, the AWS credentials and their rights (${right}, and the KMS key's).`,
        `${what}（${region}）：${error.name}: ${error.message}\n请检查 --region、AWS 凭证及其权限（${right} 及 KMS 密钥权限）。`,
      ),
    );
  };
}
