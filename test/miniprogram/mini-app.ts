import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter';
import { type DomElement, JSDOM } from 'jsdom';
import { ClickState } from '../../local/phone/click-state.ts';
import { type Constructors, resolvePath, scriptsOf } from './mini-app-code.ts';
import { compileTemplates } from './mini-app-templates.ts';

/** The framework draws into the window that it finds: each mini program gets one of its own. */
function newWindow(): InstanceType<typeof JSDOM>['window'] {
  const { window } = new JSDOM('<body></body>', { pretendToBeVisual: true });
  Object.assign(globalThis, { window, document: window.document });
  return window;
}

/** The framework's own element behind one of the DOM. */
interface Framework {
  readonly __wxElement: { triggerEvent(name: string, detail: unknown, options: object): void };
}

type Lifetime = 'onLoad' | 'onShow' | 'onReady' | 'onHide';

interface Caller extends Partial<Record<Lifetime, (options?: object) => void>> {
  readonly data: Record<string, unknown>;
  route?: string;
  setData(data: Record<string, unknown>): void;
}

interface App extends Record<string, unknown> {
  onLaunch?(options: object): void;
  onShow?(options: object): void;
}

interface Config {
  readonly usingComponents?: Readonly<Record<string, string>>;
}

interface AppConfig extends Config {
  readonly pages: readonly string[];
}

/** A page on the screen. */
export interface ShownPage {
  readonly body: DomElement;
  /** What the page keeps in `data`. */
  data(): Record<string, unknown>;
  /** What stands on the screen, without the blanks between. */
  text(): string;
  /** Calls a lifetime of the page, as WeChat does. */
  call(lifetime: Lifetime): void;
  /** Sets data of the page. */
  set(data: Record<string, unknown>): void;
  /** A finger touches and leaves the element whose text begins so; its handler has the click state. */
  tap(text: string): void;
  /** The framework's event of a control, such as `change`, with its detail. */
  emit(selector: string, event: string, detail: unknown): void;
}

/**
 * Plays the mini program of a folder on WeChat's own component framework: `app.js`, pages, components and what is under
 * `miniprogram_npm`. The folder is what goes into WeChat's developer tool, so also what uni-app or Taro have compiled.
 *
 *     const clicks = new ClickState(() => 'ios');
 *     const mini = openMiniApp('dist/build/mp-weixin', wx, clicks);
 *     mini.launch();
 *     const page = mini.show('pages/booking/booking');
 *     page.tap('5 秒后提醒我');
 *     await expect.poll(page.text).toContain('提醒您');
 *
 * `wx` is all that the mini program sees of WeChat. Taps and timers run in `clicks`; a `wx` that asks it, as
 * `withClicks` makes one, refuses what WeChat refuses. `page.body.remove()` takes the page off the screen.
 */
export function openMiniApp(folder: string, wx: object, clicks = new ClickState(() => 'android')) {
  const { document } = newWindow();
  const env = new MiniProgramEnv();
  const space = env.createCodeSpace('', true);
  // As in WeChat, a handler may be put into a page later. uni-app does that with all of them.
  space.getComponentSpace().updateComponentOptions({ useMethodCallerListeners: true });
  const backend = env.associateBackend();
  const shown: Caller[] = [];
  let app: App = {};
  const globals = {
    wx,
    App: (definition: App) => {
      app = definition;
    },
    getApp: () => app,
    getCurrentPages: () => [...shown],
  };
  const json = <T extends Config>(path: string) =>
    JSON.parse(readFileSync(join(folder, `${path}.json`), 'utf8')) as T;

  const config = json<AppConfig>('app');
  const used = (path: string, { usingComponents = {} }: Config) =>
    Object.entries(usingComponents).map(([name, at]) => [name, `/${resolvePath(path, at)}`] as const);
  const uses = new Map<string, readonly (readonly [string, string])[]>();
  const find = (path: string): void => {
    if (uses.has(path)) return;
    const own = json(path);
    const all = [...used('app', config), ...used(path, own)];
    uses.set(path, all);
    space.addComponentStaticConfig(path, { ...own, usingComponents: Object.fromEntries(all) });
    for (const [, at] of all) find(at.slice(1));
  };
  for (const page of config.pages) find(page);
  const compiled = compileTemplates(folder, [...uses.keys()]);

  const runScript = scriptsOf(folder, globals, clicks);
  const load = (path: string): void => {
    space.componentEnv(path, (constructors) => runScript(path, constructors as unknown as Constructors));
  };
  load('app');
  const defined = new Set<string>();
  const define = (path: string): void => {
    if (defined.has(path)) return;
    defined.add(path);
    for (const [, at] of uses.get(path)!) define(at.slice(1));
    space.addCompiledTemplate(path, compiled(path));
    load(path);
  };
  for (const page of config.pages) define(page);

  return {
    app: () => app,
    /** Starts the mini program, as WeChat does before it shows a page. */
    launch: (): void => {
      app.onLaunch?.(LAUNCHED);
      app.onShow?.(LAUNCHED);
    },
    /** Opens a page. */
    show: (path: string): ShownPage => {
      const root = backend.createRoot('page', space, path);
      const { body } = document;
      const placeholder = document.createElement('div');
      body.appendChild(placeholder);
      const caller = root.get() as unknown as Caller;
      caller.route = path;
      shown.push(caller);
      root.attach(body as never, placeholder as never);
      const element = body.querySelector('page')!;
      caller.onLoad?.({});
      caller.onShow?.();
      caller.onReady?.();
      return {
        body: element,
        data: () => caller.data,
        text: () => element.textContent.replaceAll(/\s+/g, ' ').trim(),
        call: (lifetime) => caller[lifetime]?.(),
        set: (data) => caller.setData(data),
        tap(text) {
          const starting = Array.from(element.querySelectorAll('*')).filter(({ textContent }) =>
            textContent.trim().startsWith(text),
          );
          const target = starting.at(-1);
          if (!target) throw new Error(`Nothing on the screen begins with ${text}: ${this.text()}`);
          clicks.tap(() => trigger(target, 'tap', {}));
        },
        emit(selector, event, detail) {
          const target = element.querySelector(selector);
          if (!target) throw new Error(`There is no ${selector}.`);
          trigger(target, event, detail);
        },
      };
    },
  };
}

const LAUNCHED = { path: '', query: {}, scene: 1001 };

/** An event as the phone's own controls raise it. */
function trigger(target: DomElement, event: string, detail: unknown): void {
  (target as unknown as Framework).__wxElement.triggerEvent(event, detail, { bubbles: true, composed: true });
}
