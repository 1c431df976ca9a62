import type { Campaign } from './campaign.ts';
import { variablesInPage } from './page-variables.ts';
import { variablesIn } from './template-variables.ts';

/**
 * The parts of a campaign's message that are the same for every recipient. A page counts as one by its path, which is
 * what says where the card leads.
 */
export function fixedParts({
  templateId,
  data,
  page,
}: Pick<Campaign, 'templateId' | 'data' | 'page'>): Pick<Campaign, 'templateId' | 'data' | 'page'> {
  const texts = Object.entries(data).filter(([, text]) => variablesIn({ text }).length === 0);
  const isFixed = page !== undefined && variablesInPage(page.split('?')[0]).length === 0;
  return { templateId, data: Object.fromEntries(texts), ...(isFixed && { page }) };
}
