import type { AnswerRules } from '../delivery/judge-answer.ts';
import type { WeChatSender } from '../delivery/deliver-message.ts';
import { createHttpClient } from '../http/http-client.ts';
import type { Settings } from '../settings.ts';
import { createAccessTokenStore } from '../table/access-token-store.ts';
import type { Table } from '../table/client.ts';
import { createAccessTokens } from '../token/access-tokens.ts';
import { TokenUnavailableError } from '../token/token-unavailable-error.ts';
import { withAccessToken } from '../token/with-access-token.ts';
import type { TemplateSource } from '../templates/parse-template.ts';
import { createWeChatClient } from '../wechat/client.ts';
import { remedyFor, sendRule } from '../wechat/errcodes.ts';
import type { Foundation } from './foundation.ts';

/** WeChat's refusals of an access token (WeChat contract §2.3): the token is replaced and the call repeated once. */
const TOKEN_REFUSALS = new Set([40001, 42001, 40014]);
