/** A child of an element; `false` and undefined leave nothing behind. */
export type Child = Node | string | false | undefined;

/** Attributes by name; a function under `on…` listens. */
export type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** So near to its end is at its end. */
const CLOSE_PX = 40;

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

/**
 * Shows a list in `place`, an element for each item. An element stays for as long as its item is the same, and what was opened
 * in it stays open when the item changes. Whoever reads the end of the list stays there when items are added.
 */
export function createList<T extends { readonly key: string }>(
  place: HTMLElement,
  view: (item: T) => HTMLElement,
): (items: readonly T[]) => void {
  let shown = new Map<string, { readonly text: string; readonly element: HTMLElement }>();
  let isAtEnd = true;
  place.addEventListener('scroll', () => {
    isAtEnd = place.scrollHeight - place.scrollTop - place.clientHeight < CLOSE_PX;
  });
  place.addEventListener(
    'toggle',
    ({ target }) => target instanceof HTMLDetailsElement && target.open && reveal(target, place),
    { capture: true },
  );
  return (items) => {
    const before = shown;
    shown = new Map(
      items.map((item) => {
        const text = JSON.stringify(item);
        const same = before.get(item.key);
        return [item.key, same?.text === text ? same : { text, element: again(view(item), same?.element) }];
      }),
    );
    const elements = [...shown.values()].map(({ element }) => element);
    const isSame = elements.length === place.children.length;
    if (isSame && elements.every((element, index) => element === place.children[index])) return;
    const focused = place.contains(document.activeElement) ? document.activeElement?.id : undefined;
    place.replaceChildren(...elements);
    if (focused) document.getElementById(focused)?.focus();
    if (isAtEnd) place.scrollTop = place.scrollHeight;
  };
}

/** As open as the one that it takes the place of. */
function again(element: HTMLElement, before: HTMLElement | undefined): HTMLElement {
  const isOpen = before?.querySelector('details')?.open ?? false;
  for (const details of element.querySelectorAll('details')) details.open = isOpen;
  return element;
}

/** Scrolls the list, and nothing around it, until what was opened is seen. */
function reveal(opened: HTMLElement, place: HTMLElement): void {
  const hidden = opened.getBoundingClientRect().bottom - place.getBoundingClientRect().bottom;
  if (hidden > 0) place.scrollTop += Math.min(hidden, opened.offsetTop - place.offsetTop - place.scrollTop);
}
