/** What a tap on `<button open-type="liveActivity">` gave: a code, or why there is none. */
export type CardCode = {
    readonly code: string;
    readonly error?: undefined;
} | {
    readonly code?: undefined;
    readonly error: CardCodeError;
};
/** Why a tap gave no code. `message` is WeChat's own text, where it gives one; `tell` can be shown to a developer. */
export interface CardCodeError {
    readonly message: string;
    readonly tell: {
        readonly en: string;
        readonly zh: string;
    };
}
/**
 * Takes the code of a service card out of the event of `bindcreateliveactivity` (base library 2.26.2). Hand it to
 * your own backend within five minutes, which calls `POST /v1/cards` with it. It never throws.
 */
export declare function cardCodeOf(event: unknown): CardCode;
