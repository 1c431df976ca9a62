import type { ClickState, StartMacroTask } from '../../local/phone/click-state.ts';

interface Callbacks {
  success?(answer: unknown): void;
  fail?(failure: unknown): void;
  complete?(result: unknown): void;
}
/** A call of `wx` that takes callbacks. */
export type Call = (options?: Callbacks) => unknown;

/** Each callback is one. */
export const macroTask: StartMacroTask = setImmediate;

/**
 * A `wx` whose calls of these names call back in macro tasks of their own, with the click state or without, as the phone's
 * platform has it (WeChat contract §7.1). Without callbacks they give promises, as WeChat's do.
 */
export function withClicks(wx: object, clicks: ClickState, names: readonly string[]): Record<string, Call> {
  const wrap = (name: string, call: Call): Call => {
    const start = (options: Callbacks) => {
      const clickIn = clicks.after(name);
      const back = (kind: 'success' | 'fail') => (result: unknown) =>
        macroTask(() =>
          clicks.run(clickIn(kind), () => {
            options[kind]?.(result);
            options.complete?.(result);
          }),
        );
      return call({ ...options, success: back('success'), fail: back('fail') });
    };
    return (options = {}) => {
      if (options.success || options.fail || options.complete) return start(options);
      return new Promise((success, fail) => start({ ...options, success, fail }));
    };
  };
  return Object.fromEntries(
    Object.entries(wx as Record<string, Call>).map(([name, call]) => [
      name,
      names.includes(name) ? wrap(name, call) : call,
    ]),
  );
}
