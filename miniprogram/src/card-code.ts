import { memberOf, textOf } from './values.ts';

/** What a tap on `<button open-type="liveActivity">` gave: a code, or why there is none. */
export type CardCode =
  | { readonly code: string; readonly error?: undefined }
  | { readonly code?: undefined; readonly error: CardCodeError };

/** Why a tap gave no code. `message` is WeChat's own text, where it gives one; `tell` can be shown to a developer. */
export interface CardCodeError {
  readonly message: string;
  readonly tell: { readonly en: string; readonly zh: string };
}

/**
 * Takes the code of a service card out of the event of `bindcreateliveactivity` (base library 2.26.2). Hand it to
 * your own backend within five minutes, which calls `POST /v1/cards` with it. It never throws.
 */
export function cardCodeOf(event: unknown): CardCode {
  const detail = memberOf(event, 'detail');
  const code = textOf(detail, 'code');
  if (code) return { code };
  const message = textOf(detail, 'errMsg');
  return {
    error: {
      message: message || 'createliveactivity: no code',
      tell: {
        en: 'WeChat gave no code. The button needs activity-type with the number of the card, base library 2.26.2 and a phone.',
        zh: '微信没有返回 code。请检查按钮的 activity-type 是否为卡片编号，并在真机上使用基础库 2.26.2 以上版本。',
      },
    },
  };
}
