import { h } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Texts } from '../texts/zh.ts';

const COPIED_MS = 2_000;

/** A headed block of text, or of JSON with its lines indented. */
export function block(label: string, value: unknown): HTMLElement {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return h('figure', {}, h('figcaption', {}, label), h('pre', { tabindex: '0', 'aria-label': label }, text));
}

/** A button that copies a text, and says whether it could. */
export function copyButton(text: string, texts: Texts): HTMLElement {
  const label = h('span', { 'aria-live': 'polite' }, texts.copy);
  const say = (words: string) => {
    label.textContent = words;
    setTimeout(() => {
      label.textContent = texts.copy;
    }, COPIED_MS);
  };
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => say(texts.copied),
      () => say(texts.copyFailed),
    );
  return h('button', { class: 'copy', onclick: copy }, icon('copy'), label);
}
