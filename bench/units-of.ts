import type { Stack } from '../local/stack/stack.ts';
import type { Capacity } from './capacity-meter.ts';

/** What one thing of a kind uses of DynamoDB, as it bills it. */
export interface UnitsOfKind {
  readonly kind: string;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly calls: number;
}

/** What has been used so far. */
export type Total = () => Capacity;

/** Does something for each of `subjects` and says what it used, until the stack has nothing more to do. */
export async function unitsOf<T>(
  { kind, stack, total }: { kind: string; stack: Stack; total: Total },
  subjects: readonly T[],
  each: (subject: T) => Promise<unknown>,
  afterwards: () => Promise<unknown> = async () => undefined,
): Promise<UnitsOfKind> {
  await stack.idle();
  const before = total();
  for (const subject of subjects) await each(subject);
  await afterwards();
  await stack.idle();
  const after = total();
  const per = (unit: keyof Capacity) => (after[unit] - before[unit]) / subjects.length;
  return { kind, writeUnits: per('writeUnits'), readUnits: per('readUnits'), calls: per('calls') };
}
