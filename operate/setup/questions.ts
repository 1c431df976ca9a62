import { confirm, isCancel, password, text } from '@clack/prompts';
import { CommandError } from '../command-line.ts';
import { say } from '../language.ts';

/** What is asked of the person at the terminal. */
export interface Questions {
  appId(): Promise<string>;
  /** Not shown while it is typed. */
  appSecret(): Promise<string>;
  /** Whether to go on. */
  agree(question: string): Promise<boolean>;
  /** Whether to go on with what is not done by accident: the appid is to be typed. */
  agreeTo(question: string, appId: string): Promise<boolean>;
}

/** Questions at the terminal. @throws CommandError when they are given up with Ctrl+C */
export const terminalQuestions: Questions = {
  async appId() {
    return answer(
      await text({
        message: say(
          'AppID of the mini program (开发管理 → 开发设置)',
          '小程序的 AppID（开发管理 → 开发设置）',
        ),
        placeholder: 'wx0123456789abcdef',
        validate: (typed) =>
          /^[\w-]{1,64}$/.test(typed?.trim() ?? '')
            ? undefined
            : say('Letters and digits, as in wx0123456789abcdef', '由字母和数字组成，如 wx0123456789abcdef'),
      }),
    );
  },
  async appSecret() {
    return answer(
      await password({
        message: say(
          'AppSecret (hidden; 开发管理 → 开发设置 → 重置)',
          'AppSecret（输入时不显示；开发管理 → 开发设置 → 重置）',
        ),
        validate: (typed) =>
          /^\S+$/.test(typed?.trim() ?? '') ? undefined : say('Paste the AppSecret', '请粘贴 AppSecret'),
      }),
    );
  },
  async agree(question) {
    const agreed = await confirm({ message: question });
    return !isCancel(agreed) && agreed;
  },
  async agreeTo(question, appId) {
    const typed = await text({ message: question, placeholder: appId });
    return !isCancel(typed) && typed?.trim() === appId;
  },
};

function answer(given: string | symbol): string {
  if (typeof given === 'string') return given.trim();
  throw new CommandError(say('Given up: nothing more was changed.', '已取消，没有再做改动。'));
}
