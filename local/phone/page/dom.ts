/** A child of an element; `false` and undefined leave nothing behind. */
export type Child = Node | string | false | undefined;

/** Attributes by name; a function under `on…` listens. */
export type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** Makes an element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice('on'.length), value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** Shows `view` in `place` whenever what it is made of has changed, and keeps the focus where it was. */
export function createRegion<T>(place: HTMLElement, view: (of: T) => Child[]): (of: T) => void {
  let shown = '';
  return (of) => {
    const now = JSON.stringify(of);
    if (now === shown) return;
    shown = now;
    const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined;
    place.replaceChildren(...view(of).filter((child) => child !== false && child !== undefined));
    if (focused) document.getElementById(focused)?.focus();
  };
}
