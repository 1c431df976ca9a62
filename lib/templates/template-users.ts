/** A message that waits for its time. */
export interface DueMessage {
  readonly id: string;
  readonly templateId: string;
  readonly data: Readonly<Record<string, string>>;
  readonly sendAtMs: number;
}

/** Who is hit when a template vanishes or gets other fields. */
export interface TemplateUsers {
  /** The messages of these templates that wait for a time more than minutes away, in no order. */
  dueMessages(templateIds: readonly string[]): AsyncIterable<DueMessage>;
  /**
   * Pauses the active campaigns of a template, with their runs. Answers all campaigns of it that have not ended, those
   * among them that were paused before.
   */
  pauseCampaigns(templateId: string): Promise<readonly { readonly id: string; readonly name: string }[]>;
}
