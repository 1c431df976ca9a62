import { type Child, h } from '../dom.ts';

/** A sheet over the screen. It holds the keyboard's focus until it is answered; Escape and a tap beside it dismiss it. */
export function dialog(
  id: string,
  label: string,
  dismiss: () => void,
  ...children: readonly Child[]
): HTMLElement {
  const sheet = h(
    'div',
    { id, class: 'sheet', role: 'dialog', 'aria-modal': 'true', 'aria-label': label },
    ...children,
  );
  const shade = h('div', { class: 'shade' }, sheet);
  shade.addEventListener('click', (event) => event.target === shade && dismiss());
  shade.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return dismiss();
    if (event.key !== 'Tab') return;
    const stops = [...sheet.querySelectorAll<HTMLElement>('button, input')];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  });
  queueMicrotask(() => (sheet.querySelector<HTMLElement>('.main') ?? sheet.querySelector('button'))?.focus());
  return shade;
}
