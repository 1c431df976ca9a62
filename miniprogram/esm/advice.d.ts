/** What to tell the user, in both languages. */
export interface Advice {
    readonly zh: string;
    readonly en: string;
}
/** What to tell the user about a code. */
export declare function tellOf(code: number | string): Advice;
