import * as v from 'valibot';
import { awsEnvironment, isLocal } from './aws-environment.ts';
import { CommandError, UsageError } from './command-line.ts';

/** Where `npm run dev` listens, and the key that it knows. */
const LOCAL_URL = 'http://127.0.0.1:3000';
const LOCAL_KEY = 'dev-key';

/** The command line options that say which service is meant. */
export const SERVICE_OPTIONS = {
  stage: { type: 'string' },
  region: { type: 'string' },
  api: { type: 'string' },
  key: { type: 'string' },
  app: { type: 'string' },
} as const;

/** The part of a help text about {@link SERVICE_OPTIONS}. */
export const SERVICE_HELP = `  --stage NAME      the deployed stage; its address is looked up in its CloudFormation stack
                    已部署的环境，接口地址从 CloudFormation 查得
  --region REGION   where it is deployed (default: AWS_REGION, else ap-southeast-1)
                    部署区域
  --api URL         the address of the API, to name it directly (default: QINGNIAO_API_URL, else ${LOCAL_URL})
                    直接指定接口地址
  --key KEY         an API key with the scope "read" (default: QINGNIAO_API_KEY; "${LOCAL_KEY}" for an address on this machine)
                    有 read 权限的 API Key；本机地址默认为 ${LOCAL_KEY}
  --app APPID       which mini program of the stage (default: the one that the key is for, else the stage's first)
                    环境中的哪个小程序，默认为该 Key 所属的小程序，否则为第一个`;

/** The running service as a command calls it. */
export interface ServiceClient {
  /** The parsed answer. @throws CommandError for an answer that is none, or a problem, with the API's own words */
  call<S extends v.GenericSchema>(
    schema: S,
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    /** A {@link CsvBody} goes as it is, everything else as JSON. */
    body?: unknown,
  ): Promise<v.InferOutput<S>>;
}

/** A body that is CSV. */
export class CsvBody {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Finds the service that the options name. @throws CommandError */
export async function findService(
  options: { stage?: string; region?: string; api?: string; key?: string; app?: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServiceClient> {
  const url = (await addressOf(options, env)).replace(/\/+$/, '');
  const key = options.key ?? env['QINGNIAO_API_KEY'] ?? (isLocal(url) ? LOCAL_KEY : undefined);
  if (!key) {
    throw new CommandError(
      'Give an API key by --key or QINGNIAO_API_KEY. 请用 --key 或环境变量 QINGNIAO_API_KEY 给出 API Key。',
    );
  }
  const { app } = options;
  return createServiceClient(url, {
    authorization: `Bearer ${key}`,
    ...(app !== undefined && { 'x-wechat-appid': app }),
  });
}

async function addressOf(
  { stage, region, api }: { stage?: string; region?: string; api?: string },
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  if (stage !== undefined && api !== undefined) {
    throw new UsageError('Give either --stage or --api. --stage 和 --api 只能给一个。');
  }
  const named = stage === undefined ? (api ?? env['QINGNIAO_API_URL'] ?? LOCAL_URL) : undefined;
  if (named !== undefined) {
    if (/^https?:\/\//.test(named) && URL.canParse(named)) return named;
    throw new UsageError(`"${named}" is no address of an API. 不是接口地址。`);
  }
  // The AWS SDK takes half a second to load, which only this way needs.
  const { findStage } = await import('./deployed-stage.ts');
  const { apiUrl } = await findStage(awsEnvironment(env, { region }), stage ?? '');
  if (apiUrl !== undefined) return apiUrl;
  throw new CommandError(
    `The stack of ${stage} does not tell the address of its API: give it by --api. 请用 --api 给出接口地址。`,
  );
}

const problemSchema = v.object({
  code: v.string(),
  detail: v.string(),
  errors: v.optional(
    v.array(v.object({ path: v.string(), message: v.string(), zh: v.optional(v.string(), '') })),
    [],
  ),
  remedy: v.optional(v.object({ en: v.string(), zh: v.string() })),
});

function createServiceClient(url: string, credentials: Readonly<Record<string, string>>): ServiceClient {
  return {
    async call(schema, method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...credentials,
          ...(body !== undefined && {
            'content-type': body instanceof CsvBody ? 'text/csv' : 'application/json',
          }),
        },
        ...(body !== undefined && { body: body instanceof CsvBody ? body.text : JSON.stringify(body) }),
      }).catch((error: Error) => {
        throw new CommandError(
          `${url} cannot be reached: ${error.message}. Is the service running? (npm run dev) 连接不上，服务是否在运行？`,
        );
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (!response.ok) throw refused(`${method} ${path}`, response.status, answer);
      const { success, output } = v.safeParse(schema, answer);
      if (success) return output;
      throw new CommandError(
        `${method} ${path} answered what this version does not know. Is the service of the same version? 应答无法识别，服务版本是否一致？`,
      );
    },
  };
}

function refused(call: string, status: number, answer: unknown): CommandError {
  if (!v.is(problemSchema, answer)) return new CommandError(`${call} answered ${status}.`);
  const { code, detail, errors, remedy } = v.parse(problemSchema, answer);
  const lines = [
    `${call} answered ${status} ${code}: ${detail}`,
    ...errors.map(({ path, message, zh }) => `  ${path}: ${message} ${zh}`.trimEnd()),
    ...(remedy ? [`  ${remedy.en}`, `  ${remedy.zh}`] : []),
  ];
  return new CommandError(lines.join('\n'));
}
