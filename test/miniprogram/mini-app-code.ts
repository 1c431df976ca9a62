import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { ClickState } from '../../local/phone/click-state.ts';

type Exports = Record<string, unknown>;
type Require = (name: string) => unknown;
type Module = (require: Require, module: { exports: Exports }, exports: Exports) => void;

/** What one script defines itself with: WeChat's framework hands over other ones for each page and component. */
export interface Constructors {
  readonly Page: (definition: object) => void;
  readonly Component: (definition: object) => void;
  readonly Behavior: (definition: object) => unknown;
}

/** A script of the mini program, by its path without `.js`, and what it constructs pages and components with. */
export type RunScript = (path: string, constructors: Constructors) => void;

/** Where a path of the mini program leads: relative, absolute or into `miniprogram_npm`. */
export function resolvePath(from: string, path: string): string {
  if (path.startsWith('.')) return posix.join(posix.dirname(from), path);
  if (path.startsWith('/')) return path.slice(1);
  return `miniprogram_npm/${path}`;
}

/** What a browser and Node have and a mini program has not. */
const ABSENT = ['window', 'document', 'self', 'location', 'navigator', 'localStorage', 'XMLHttpRequest'];
const ABSENT_OF_NODE = ['process', 'Buffer', 'fetch', 'setImmediate', 'structuredClone'];

/**
 * Runs the scripts of a mini program as WeChat does: each once, in one global scope that all of them may write to.
 * Frameworks do: uni-app replaces `Page`, `Component` and `wx`.
 */
export function scriptsOf(folder: string, given: object, clicks: ClickState): RunScript {
  const modules: Record<string, { exports: Exports }> = {};
  let current: Constructors | undefined;
  const constructing = (name: keyof Constructors) => (definition: object) => {
    if (!current) throw new Error(`${name}() is only for when a script is loaded.`);
    return current[name](definition);
  };
  const scope: Record<string, unknown> = {
    ...Object.fromEntries([...ABSENT, ...ABSENT_OF_NODE].map((name) => [name, undefined])),
    ...given,
    Page: constructing('Page'),
    Component: constructing('Component'),
    Behavior: constructing('Behavior'),
    // A timer of the page's loses the tap (WeChat contract §7.1).
    setTimeout: (callback: () => void, ms?: number) => setTimeout(() => clicks.run('timer', callback), ms),
    setInterval: (callback: () => void, ms?: number) => setInterval(() => clicks.run('timer', callback), ms),
  };
  scope['globalThis'] = scope;
  scope['global'] = scope;

  const require = (path: string): unknown => {
    const known = modules[path];
    if (known) return known.exports;
    const module = { exports: {} };
    modules[path] = module;
    const text = readFileSync(join(folder, `${path}.js`), 'utf8');
    // `with` gives the scripts a scope of their own, with the intrinsics of the framework's.
    const make = new Function(
      'scope',
      `with (scope) return function (require, module, exports) {${text}\n};`,
    );
    const code = make(scope) as Module;
    code.call(undefined, (name) => require(fileOf(folder, resolvePath(path, name))), module, module.exports);
    return module.exports;
  };

  return (path, constructors) => {
    current = constructors;
    require(path);
    current = undefined;
  };
}

/** Without its ending; a folder, such as a package, means its `index`. */
function fileOf(folder: string, path: string): string {
  const name = path.replace(/\.js$/, '');
  return existsSync(join(folder, `${name}.js`)) ? name : `${name}/index`;
}
