import { listRecipients } from '../../lib/campaigns/runs/read-run.ts';
import type { RunView } from '../../lib/campaigns/runs/run.ts';
import type { WeChatSimulator } from '../../local/wechat-simulator/index.ts';

/** What the run says of each recipient against WeChat's own record. */
export async function checkRun(
  wechat: WeChatSimulator,
  { runs }: { readonly runs: Parameters<typeof listRecipients>[0] },
  run: RunView,
  { recipients, templateId }: { readonly recipients: number; readonly templateId: string },
): Promise<string[]> {
  const broken: string[] = [];
  const spentBy = new Map(wechat.ledger({ templateId }).map(({ openid, spent }) => [openid, spent]));
  const seen = new Set<string>();
  for (const { openid, state } of (await listRecipients(runs, run.id, Infinity)).items) {
    if (seen.has(openid)) broken.push(`${openid} is in the run twice`);
    seen.add(openid);
    const spent = spentBy.get(openid) ?? 0;
    if (spent > 1) broken.push(`${openid} got ${spent} messages`);
    if (state === 'sent' && spent !== 1) broken.push(`${openid} is sent, and WeChat accepted ${spent}`);
    if (state !== 'sent' && state !== 'unknown') broken.push(`${openid} is ${state}`);
  }
  if (seen.size !== recipients) broken.push(`${seen.size} of ${recipients} are in the run`);
  const counted = Object.values(run.counts).reduce((total, each) => total + each, 0);
  if (counted !== recipients || run.recipients !== recipients)
    broken.push(`the counts add up to ${counted} of ${run.recipients}`);
  return broken.slice(0, 20);
}
