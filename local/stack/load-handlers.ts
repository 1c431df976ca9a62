import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import type { LambdaHandler } from './invoke.ts';
import type { FunctionDefinition } from './service-definition.ts';

const handlerModule = v.object({ buildServices: v.function(), createHandler: v.function() });
const closable = v.object({ close: v.function() });

/** The service's own functions, wired for this process. */
export interface LoadedHandlers {
  readonly handlers: Readonly<Record<string, LambdaHandler>>;
  /** Lets go of what the functions hold open. */
  close(): Promise<void>;
}

/**
 * Loads the handler file of each function and wires it as a cold start does, but with `env` and `overrides` given.
 *
 * @throws v.ValiError when a handler file does not export `buildServices` and `createHandler`; whatever the first throws
 */
export async function loadHandlers(
  functions: Readonly<Record<string, FunctionDefinition>>,
  env: Readonly<Record<string, string>>,
  overrides: object,
): Promise<LoadedHandlers> {
  const loaded = await Promise.all(
    Object.entries(functions).map(async ([name, { handler }]) => {
      const file = fileURLToPath(new URL(`../../${handler.replace(/\.\w+$/, '')}.ts`, import.meta.url));
      const { buildServices, createHandler } = v.parse(handlerModule, { ...(await import(file)) });
      const services = await buildServices(env, overrides);
      return { name, services, handler: v.parse(v.function(), createHandler(services)) };
    }),
  );
  return {
    handlers: Object.fromEntries(loaded.map(({ name, handler }) => [name, handler])),
    async close() {
      await Promise.all(loaded.map(({ services }) => v.is(closable, services) && services.close()));
    },
  };
}
