import type { Clock } from '../clock.ts';
import type { Claim } from '../grants/ledger.ts';
import type { Message } from '../messages/message.ts';
import { remedyOfReason } from '../sends/internal-outcome.ts';
import type { AliasLookup } from '../templates/alias-lookup.ts';
import { dataWarnings } from '../templates/data-warnings.ts';
import { pageWarning } from '../templates/page-path.ts';
import { remedyFor } from '../wechat/errcodes.ts';
import { type MessageView, messageView } from './views.ts';

/** What {@link showMessage} asks. */
export interface ShowMessageServices extends WarningServices {
  readonly clock: Clock;
}

/** A message with its remarks and with what to do about the answer to its last attempt. */
export async function showMessage(
  services: ShowMessageServices,
  message: Message,
  claim?: Claim,
): Promise<MessageView> {
  const advised = withRemedy(message);
  return {
    ...messageView(advised, claim, services.clock()),
    ...(await aliasAndWarningsOf(services, message)),
  };
}

/** The remedy of an ended message is stored; one that waits, or was canceled then, has the answer only. */
function withRemedy(message: Message): Message {
  const { outcome, state } = message;
  if (!outcome || outcome.remedy || (state !== 'pending' && state !== 'canceled')) return message;
  const { errcode, errmsg = '', reason } = outcome;
  const remedy = errcode === undefined ? remedyOfReason(reason) : remedyFor(errcode, errmsg, 'send');
  return remedy ? { ...message, outcome: { ...outcome, remedy } } : message;
}

/** What {@link aliasAndWarningsOf} asks. */
export interface WarningServices {
  readonly names: Pick<AliasLookup, 'aliasOf'>;
  /** The pages of the mini program, where the settings list them. */
  readonly pages?: readonly string[];
}

/** A message, or what is the same in all messages of a campaign. */
interface WarnedContent {
  readonly templateId: string;
  readonly page?: string | undefined;
  readonly data: Readonly<Record<string, string>>;
}

/** What answers say of a message besides what is stored: its alias, and what its owner should look at. */
export async function aliasAndWarningsOf(
  { names, pages }: WarningServices,
  { templateId, page, data }: WarnedContent,
) {
  const templateAlias = await names.aliasOf(templateId);
  const warnings = warningsOn(pages, page, data);
  return {
    ...(templateAlias !== undefined && { templateAlias }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Values that WeChat may refuse, and a page that may open nothing. */
export function warningsOn(
  pages: readonly string[] | undefined,
  page: string | undefined,
  data: WarnedContent['data'],
) {
  const onPage = pageWarning(page, pages);
  return [...(onPage ? [onPage] : []), ...dataWarnings(data)];
}
