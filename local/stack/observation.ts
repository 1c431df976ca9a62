/** Something that the local stack did, for whoever watches it. Times are in milliseconds. */
export type Observation =
  | { type: 'request'; method: string; path: string; status: number; ms: number }
  | { type: 'batch'; function: string; records: number; failed: number; ms: number }
  | { type: 'tick'; function: string; ms: number }
  | { type: 'fault'; function: string; error: Error };

/** Is told of each observation as it happens. */
export type Observe = (observation: Observation) => void;
