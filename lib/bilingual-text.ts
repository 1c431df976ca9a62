/** One text in both languages of our readers. */
export interface BilingualText {
  readonly en: string;
  readonly zh: string;
}
