/** The part of jsdom that the tests use; its own types would bring the browser's globals along. */
declare module 'jsdom' {
  export interface DomElement {
    readonly textContent: string;
    readonly outerHTML: string;
    querySelector(selector: string): DomElement | null;
    querySelectorAll(selector: string): ArrayLike<DomElement>;
    getAttribute(name: string): string | null;
    appendChild(child: DomElement): void;
    remove(): void;
  }

  export class JSDOM {
    constructor(html: string, options?: { readonly pretendToBeVisual?: boolean });
    readonly window: {
      readonly document: { readonly body: DomElement; createElement(tag: string): DomElement };
    };
  }
}
