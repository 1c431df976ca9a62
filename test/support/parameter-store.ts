import { onTestFinished } from 'vitest';
import { startParameterStore } from '../../local/stack/parameter-store.ts';

/** A request to write a parameter as it arrived. */
export interface PutParameter {
  readonly Name: string;
  readonly Value: string;
  readonly Type: string;
  readonly Overwrite: boolean;
  readonly KeyId?: string;
}

/** SSM's parameters on a free port for one test: what is stored, and every write that it took. */
export async function useParameterStore(stored: Readonly<Record<string, string>> = {}) {
  const writes: PutParameter[] = [];
  const store = await startParameterStore((call, input) => {
    if (call === 'PutParameter') writes.push(input as PutParameter);
  });
  onTestFinished(store.close);
  for (const [name, value] of Object.entries(stored)) store.values.set(name, value);
  return { parameters: store.values, writes, endpoint: store.endpoint };
}
