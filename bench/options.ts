/** How a part is measured. */
export interface MeasureOptions {
  /** How many interleaved rounds the medians are of. */
  readonly rounds: number;
  /** A folder for CPU profiles of the senders (`*.cpuprofile`, which a browser's developer tools open). */
  readonly profileInto?: string;
  /** The module of another build's `send-messages`, to measure beside this one. */
  readonly beside?: string;
  /** Measures only the subjects whose name begins with this, or with one of these with commas in between. */
  readonly only: string;
  /** Also what takes many minutes. */
  readonly large: boolean;
  /** Of the run that the console watches. */
  readonly recipients: number;
  readonly print: (line: string) => void;
}
