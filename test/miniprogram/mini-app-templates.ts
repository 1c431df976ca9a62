import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TmplGroup } from 'glass-easel-template-compiler';

interface Finding {
  readonly isError: boolean;
  readonly message: string;
  readonly startLine: number;
}

interface Part {
  readonly id: string;
  readonly dataset: object;
}

interface FrameworkEvent {
  readonly type: string;
  readonly timeStamp: number;
  readonly detail: unknown;
  readonly mark: object | null;
  readonly target: Part;
  readonly currentTarget: Part;
}

/**
 * Hands over an event as WeChat does, a plain object that has its members itself. The framework's inherits them, and
 * uni-app takes an inherited `detail` for none.
 */
function withPlainEvent(
  caller: object,
  event: FrameworkEvent,
  listener: (event: object) => unknown,
): unknown {
  const { type, timeStamp, detail, mark } = event;
  const part = ({ id, dataset }: Part) => ({ id, dataset: { ...dataset }, offsetLeft: 0, offsetTop: 0 });
  const [target, currentTarget] = [part(event.target), part(event.currentTarget)];
  return listener.call(caller, { type, timeStamp, detail, mark, target, currentTarget });
}

/**
 * Compiles the templates at these paths with what they import and the scripts (`.wxs`) that they use. The compiler knows
 * only `bind:tap`, so `bindtap`, which is the same to WeChat, is written that way for it.
 */
export function compileTemplates(folder: string, paths: readonly string[]) {
  const group = new TmplGroup();
  const known = new Set<string>();
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const add = (path: string): void => {
    if (known.has(path)) return;
    known.add(path);
    const wxml = read(`${path}.wxml`).replaceAll(
      /(\s(?:capture-|mut-)?(?:bind|catch))(?=[a-z_][\w-]*\s*=)/g,
      '$1:',
    );
    const findings = group.addTmpl(path, wxml) as readonly Finding[];
    const error = findings.find(({ isError }) => isError);
    if (error) throw new Error(`${path}.wxml:${error.startLine + 1}: ${error.message}`);
    for (const imported of group.getDirectDependencies(path) as string[]) add(imported);
    for (const script of group.getScriptDependencies(path) as string[]) {
      if (known.has(`${script}.wxs`)) continue;
      known.add(`${script}.wxs`);
      group.addScript(script, read(`${script}.wxs`));
    }
  };
  for (const path of paths) add(path);
  group.setExtraRuntimeScript('Q.C = withPlainEvent;');
  const make = new Function('withPlainEvent', `return ${group.getTmplGenObjectGroups()}`);
  const groupList = make(withPlainEvent) as Record<string, never>;
  group.free();
  return (path: string) => ({ groupList, content: groupList[path]! });
}
