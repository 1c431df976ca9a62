import * as v from 'valibot';
import { asRecord } from './calls.ts';
import type { AppOptions, SimulatedApp } from './simulated-app.ts';

/** What concerns the server as a whole. */
export interface ServerControls {
  /** Connections are refused for `ms`, those of the control API too. */
  refuseConnections(ms: number): void;
  /** All apps, the first one first. */
  apps(): readonly SimulatedApp[];
  /** The app of that appid, by default the first. @throws ControlError when there is none */
  app(appId?: string): SimulatedApp;
  /** One more app. @throws ControlError where there is one of that appid */
  addApp(options?: AppOptions): SimulatedApp;
  /** Every app back to its beginning. */
  reset(): void;
}

/** One route under `/_control`. `run` parses its input and throws when it is bad. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** One line for the listing. */
  readonly does: string;
  /** The answer, or a promise of it. */
  run(server: ServerControls, input: unknown): unknown;
}

/** Which app a route is for; the rest of its input is the route's own. */
export const whichAppSchema = v.object({ appid: v.exactOptional(v.string()) });

/** A route of one app, which the member `appid` names; by default the first. The rest of the input follows `schema`. */
export function route<S extends v.GenericSchema>(
  method: ControlRoute['method'],
  path: string,
  does: string,
  schema: S,
  act: (app: SimulatedApp, input: v.InferOutput<S>, server: ServerControls) => unknown,
): ControlRoute {
  return serverRoute(method, path, does, v.unknown(), (server, input) => {
    const { appid: _, ...rest } = asRecord(input) ?? {};
    const app = server.app(v.parse(whichAppSchema, input).appid);
    return act(app, v.parse(schema, rest), server);
  });
}

/** A route of the server as a whole, whose input follows `schema`. */
export function serverRoute<S extends v.GenericSchema>(
  method: ControlRoute['method'],
  path: string,
  does: string,
  schema: S,
  act: (server: ServerControls, input: v.InferOutput<S>) => unknown,
): ControlRoute {
  return { method, path, does, run: (server, input) => act(server, v.parse(schema, input)) };
}
