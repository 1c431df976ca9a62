import type { Campaign } from './campaign.ts';
import { variablesIn } from './template-variables.ts';

/** The parts of a campaign's message that are the same for every recipient. */
export function fixedParts({
  templateId,
  data,
  page,
}: Pick<Campaign, 'templateId' | 'data' | 'page'>): Pick<Campaign, 'templateId' | 'data' | 'page'> {
  const texts = Object.entries(data).filter(([, text]) => variablesIn({ text }).length === 0);
  return { templateId, data: Object.fromEntries(texts), ...(page !== undefined && { page }) };
}
