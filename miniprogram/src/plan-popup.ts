/** What one popup asks for, and what is left for a further tap. */
export interface PopupPlan {
  readonly ask: readonly string[];
  readonly left: readonly string[];
}

/**
 * Chooses the templates of one popup: as many as fit, never one-time and long-term ones together (WeChat contract
 * §7.1), those first that were left at the last tap. So the same list, given at each tap, is asked for in turn.
 */
export function planPopup(
  templateIds: readonly string[],
  leftBefore: readonly string[],
  maxTemplates: number,
  longTerm: readonly (string | undefined)[],
): PopupPlan {
  const isLong = (id: string | undefined): boolean => longTerm.indexOf(id) >= 0;
  const wanted = leftBefore
    .concat(templateIds)
    .filter((id, index, all) => templateIds.indexOf(id) >= 0 && all.indexOf(id) === index);
  const ask = wanted.filter((id) => isLong(id) === isLong(wanted[0])).slice(0, maxTemplates);
  return { ask, left: wanted.filter((id) => ask.indexOf(id) < 0) };
}
