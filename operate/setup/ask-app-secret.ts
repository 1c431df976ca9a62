import type { AppCredentials } from '../../lib/wechat/fetch-access-token.ts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';
import type { CredentialVerdict } from './check-credentials.ts';
import type { StoredSecrets } from './parameter-store.ts';
import type { Wishes } from './plan.ts';
import type { Questions } from './questions.ts';
import { problemText, verdictLines } from './texts.ts';

/** Whom to ask for an AppSecret, and about it. */
export interface AskServices {
  /** undefined where nobody can be asked. */
  readonly questions: Questions | undefined;
  /** undefined where WeChat is not to be asked. */
  readonly check: ((credentials: AppCredentials) => Promise<CredentialVerdict>) | undefined;
  readonly print: (line: string) => void;
}

/** How often a wrong AppSecret may be typed. */
const TRIES = 3;

/** Has WeChat check the AppSecret before it is stored; a person who typed a wrong one may type another. */
export async function withAppSecret(
  { questions, check, print }: AskServices,
  { given, rotate }: Pick<Wishes, 'given' | 'rotate'>,
  appId: string,
  stored: StoredSecrets,
): Promise<{ given: Wishes['given']; isGood: boolean }> {
  const isKept = stored['app-secret'] !== undefined && !rotate.has('app-secret');
  for (let attempt = 1; ; attempt++) {
    const isTyped = !isKept && given['app-secret'] === undefined;
    const appSecret = isKept ? stored['app-secret'] : (given['app-secret'] ?? (await questions?.appSecret()));
    if (appSecret === undefined) throw new CommandError(problemText('no-app-secret'));
    const verdict = await check?.({ appId, appSecret });
    if (verdict) for (const line of verdictLines(verdict)) print(line);
    if (verdict?.type !== 'wrong')
      return { given: isKept ? given : { ...given, 'app-secret': appSecret }, isGood: true };
    if (isKept)
      print(
        say('To store another AppSecret: --rotate app-secret', '若要更换 AppSecret：--rotate app-secret'),
      );
    if (!isTyped || attempt === TRIES) return { given, isGood: false };
  }
}
