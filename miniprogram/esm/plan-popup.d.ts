/** What one popup asks for, and what is left for a further tap. */
export interface PopupPlan {
    readonly ask: readonly string[];
    readonly left: readonly string[];
}
/**
 * Chooses the templates of one popup: as many as fit, never one-time and long-term ones together (WeChat contract
 * §7.1), those first that were left at the last tap. So the same list, given at each tap, is asked for in turn.
 */
export declare function planPopup(templateIds: readonly string[], leftBefore: readonly string[], maxTemplates: number, longTerm: readonly string[]): PopupPlan;
