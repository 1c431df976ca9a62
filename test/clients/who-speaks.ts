import { DEV_API_KEY } from '../../local/stack/environment.ts';
import type { Stack } from '../../local/stack/stack.ts';
import { SAMPLE_TEMPLATES, type WeChatSimulator } from '../../local/wechat-simulator/index.ts';

/**
 * What a conversation finds in its environment: the service, an operator's key, and a user who has said yes to a template so many times in
 * WeChat's panel. The conversation reports each of them.
 */
export function whoSpeaks({ apiUrl }: Stack, wechat: WeChatSimulator, times = 3): Record<string, string> {
  const template = SAMPLE_TEMPLATES.find(({ templateId }) => templateId.startsWith('price-drop'));
  if (!template) throw new Error('The simulated WeChat has no template for a price drop.');
  const openid = wechat.createUser();
  for (let time = 0; time < times; time++)
    wechat.subscribe({ openid, results: { [template.templateId]: 'accept' } });
  return {
    API_URL: apiUrl,
    API_KEY: DEV_API_KEY,
    LOGIN_CODE: wechat.login(openid),
    TEMPLATE_ID: template.templateId,
  };
}
