/** Notes what happened, for a person to read. */
export type Trace = (who: string, what: string) => void;

/** A trace that is thrown away; most runs need none. */
export const NO_TRACE: Trace = () => {};
