import * as v from 'valibot';
import type { Controls } from './controls.ts';

/** What only the running server can do. */
export interface ServerControls {
  /** Connections are refused for `ms`, those of the control API too. */
  refuseConnections(ms: number): void;
  /** Back to the beginning: users, templates, tokens, grants, faults, switches, received, deliveries. The callback stays. */
  reset(): void;
}

/** One route under `/_control`. `run` parses its input and throws when it is bad. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** One line for the listing. */
  readonly does: string;
  /** The answer, or a promise of it. */
  run(controls: Controls & ServerControls, input: unknown): unknown;
}

/** A route whose input follows `schema`. */
export function route<S extends v.GenericSchema>(
  method: ControlRoute['method'],
  path: string,
  does: string,
  schema: S,
  act: (controls: Controls & ServerControls, input: v.InferOutput<S>) => unknown,
): ControlRoute {
  return { method, path, does, run: (controls, input) => act(controls, v.parse(schema, input)) };
}
