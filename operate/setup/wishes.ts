import * as v from 'valibot';
import { APP_ID_FORM, type Scope } from '../../lib/settings/setting-values.ts';
import type { Environment } from '../../lib/settings/settings.ts';
import { UsageError } from '../command-line.ts';
import { say } from '../language.ts';
import { SECRETS, type SecretKind } from './parameter-names.ts';
import type { Wishes } from './plan.ts';

/** What `npm run setup` is told about secrets and API keys. */
export interface WishOptions {
  readonly rotate: readonly string[];
  readonly 'key-name'?: string;
  readonly scopes?: string;
  readonly appids?: string;
  readonly 'remove-key'?: string;
}

const scopesSchema = v.pipe(
  v.string(),
  v.transform((list) => list.split(',').map((scope) => scope.trim())),
  v.array(v.picklist(['read', 'send', 'manage'] as const satisfies readonly Scope[])),
);

/** What somebody wants, by the options and, for what is secret, the environment. @throws UsageError */
export function wishesOf(options: WishOptions, env: Environment): Wishes {
  const {
    'key-name': keyName = 'backend',
    scopes: scopeList = 'read,send',
    'remove-key': removeKey,
  } = options;
  const scopes = v.safeParse(scopesSchema, scopeList);
  if (!scopes.success)
    throw new UsageError(
      say(
        '--scopes takes read, send, manage with commas between.',
        '--scopes 的取值为 read、send、manage，用逗号分隔。',
      ),
    );
  if (!/^[\w.-]{1,64}$/.test(keyName))
    throw new UsageError(
      say(
        '--key-name takes up to 64 letters, digits and . _ -.',
        '--key-name 最多 64 个字母、数字及 . _ -。',
      ),
    );
  const appids = appidsOf(options);
  const given = {
    'app-secret': env['WECHAT_APP_SECRET'],
    'session-secret': env['SESSION_SECRET'],
    'push-token': env['WECHAT_PUSH_TOKEN'],
    'push-aes-key': env['WECHAT_PUSH_AES_KEY'],
  };
  const apiKey = env['QINGNIAO_API_KEY'];
  return {
    rotate: new Set(options.rotate.map(secretNamed)),
    given: Object.fromEntries(Object.entries(given).filter(([, value]) => value)),
    apiKey: {
      name: keyName,
      scopes: scopes.output,
      ...(appids !== undefined && { appids }),
      ...(apiKey && { given: apiKey }),
    },
    ...(removeKey !== undefined && { removeKey }),
  };
}

function appidsOf({ appids, 'key-name': keyName }: WishOptions): Wishes['apiKey']['appids'] {
  if (appids === undefined) return undefined;
  // Without a name it would be the backend's key that sees less from now on.
  if (keyName === undefined)
    throw new UsageError(
      say(
        'Say which API key --appids is about: --key-name NAME.',
        '请用 --key-name 指明 --appids 所针对的 API Key。',
      ),
    );
  if (appids === 'all') return 'all';
  const list = appids.split(',').map((appid) => appid.trim());
  if (list.every((appid) => APP_ID_FORM.test(appid))) return list;
  throw new UsageError(
    say(
      '--appids takes appids with commas between, or all.',
      '--appids 的取值为用逗号分隔的 AppID，或 all。',
    ),
  );
}

/** The address of `--webhook`. @throws UsageError for one that EventBridge would not take */
export function webhookUrl(text: string): string {
  if (URL.parse(text)?.protocol === 'https:') return text;
  throw new UsageError(
    say('--webhook takes an address that begins with https://.', '--webhook 需要 https:// 开头的地址。'),
  );
}

function secretNamed(name: string): SecretKind {
  const kind = SECRETS.find((secret) => secret === name);
  if (kind) return kind;
  throw new UsageError(
    say(`--rotate takes ${SECRETS.join(', ')}.`, `--rotate 的取值为 ${SECRETS.join('、')}。`),
  );
}
