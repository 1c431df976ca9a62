import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter';
import { TmplGroup } from 'glass-easel-template-compiler';
import { type DomElement, JSDOM } from 'jsdom';

/** The framework draws into the window that it finds: each mini program gets one of its own. */
function newWindow(): InstanceType<typeof JSDOM>['window'] {
  const { window } = new JSDOM('<body></body>');
  Object.assign(globalThis, { window, document: window.document });
  return window;
}

/** The framework's own element behind one of the DOM. */
interface Framework {
  readonly __wxElement: { triggerEvent(name: string, detail: unknown, options: object): void };
}

interface Caller {
  readonly data: Record<string, unknown>;
  setData(data: Record<string, unknown>): void;
  onShow(): void;
}

type Modules = Record<string, unknown>;
type Code = (...given: unknown[]) => void;

/** A page on the screen. */
export interface ShownPage {
  readonly body: DomElement;
  /** What the page keeps in `data`. */
  data(): Record<string, unknown>;
  /** What stands on the screen, without the blanks between. */
  text(): string;
  /** Calls a lifetime of the page, as WeChat does. */
  call(lifetime: 'onShow'): void;
  /** Sets data of the page. */
  set(data: Record<string, unknown>): void;
  /** A finger touches and leaves the element whose text begins so. */
  tap(text: string): void;
  /** The framework's event of a control, such as `change`, with its detail. */
  emit(selector: string, event: string, detail: unknown): void;
}

/**
 * Runs the mini program of a folder on WeChat's own component framework, as its developer tool lays it out: `app.js`,
 * pages, components and what is under `miniprogram_npm`.
 */
export function openMiniApp(folder: string, wx: object) {
  const { document } = newWindow();
  const env = new MiniProgramEnv();
  const space = env.createCodeSpace('', true);
  const backend = env.associateBackend();
  const modules: Record<string, { exports: Modules }> = {};
  let app: Record<string, unknown> & { onShow?: () => void } = {};
  const globals = {
    wx,
    App: (definition: typeof app) => {
      app = definition;
    },
    getApp: () => app,
  };

  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  const json = (path: string) => JSON.parse(read(path)) as { usingComponents?: Record<string, string> };

  /** Where a path of the mini program leads: relative, absolute or into `miniprogram_npm`. */
  const resolve = (from: string, path: string): string => {
    if (path.startsWith('.')) return posix.join(posix.dirname(from), path);
    if (path.startsWith('/')) return path.slice(1);
    return `miniprogram_npm/${path}`;
  };

  const run = (path: string, constructors: object): Modules => {
    const known = modules[path];
    if (known) return known.exports;
    const module = { exports: {} as Modules };
    modules[path] = module;
    const given = { ...globals, ...constructors };
    const code = new Function(
      'require',
      'module',
      'exports',
      ...Object.keys(given),
      read(`${path}.js`),
    ) as Code;
    code(
      (name: string) => {
        const found = resolve(path, name);
        return run(name.startsWith('@') && name.split('/').length === 2 ? `${found}/index` : found, {});
      },
      module,
      module.exports,
      ...Object.values(given),
    );
    return module.exports;
  };

  const define = (path: string): void => {
    const config = json(`${path}.json`);
    const uses = Object.entries(config.usingComponents ?? {}).map(
      ([name, used]) => [name, `/${resolve(path, used)}`] as const,
    );
    for (const [, used] of uses) define(used.slice(1));
    space.addComponentStaticConfig(path, { ...config, usingComponents: Object.fromEntries(uses) });
    space.addCompiledTemplate(path, compile(read(`${path}.wxml`)));
    delete modules[path];
    space.componentEnv(path, ({ Page, Component }) => run(path, { Page, Component }));
  };

  const { pages } = JSON.parse(read('app.json')) as { pages: string[] };
  run('app', {});
  for (const page of pages) define(page);

  return {
    app: () => app,
    show: (path: string): ShownPage => {
      const root = backend.createRoot('page', space, path);
      const { body } = document;
      const placeholder = document.createElement('div');
      body.appendChild(placeholder);
      root.attach(body as never, placeholder as never);
      const element = body.querySelector('page')!;
      const caller = root.get() as unknown as Caller;
      return {
        body: element,
        data: () => caller.data,
        text: () => element.textContent.replaceAll(/\s+/g, ' ').trim(),
        call: (lifetime) => caller[lifetime](),
        set: (data) => caller.setData(data),
        tap(text) {
          const starting = Array.from(element.querySelectorAll('*')).filter(({ textContent }) =>
            textContent.trim().startsWith(text),
          );
          const target = starting.at(-1);
          if (!target) throw new Error(`Nothing on the screen begins with ${text}: ${this.text()}`);
          trigger(target, 'tap', {});
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

/** An event as the phone's own controls raise it. */
function trigger(target: DomElement, event: string, detail: unknown): void {
  (target as unknown as Framework).__wxElement.triggerEvent(event, detail, { bubbles: true, composed: true });
}

function compile(wxml: string) {
  const group = new TmplGroup();
  group.addTmpl('', wxml);
  const groupList = new Function(`return ${group.getTmplGenObjectGroups()}`)() as Record<string, never>;
  group.free();
  return { groupList, content: groupList['']! };
}
