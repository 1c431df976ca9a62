import { inputError, type ProblemCode, ProblemError } from './problem.ts';
import { orLookupProblem, type RemedyFor } from './template-answers.ts';

/** Which part of the request a refusal of WeChat's is about, and as what it is told (WeChat contract §5.3). */
export type FieldsOf = ReadonlyMap<number, readonly [code: ProblemCode, path: string]>;

/**
 * Waits for what WeChat's library answers. `failed` says what was not done.
 *
 * @throws ProblemError where WeChat refused, or could not be asked
 */
export function orLibraryProblem<T>(
  work: Promise<T>,
  { remedyFor, failed, fields = new Map() }: { remedyFor: RemedyFor; failed: string; fields?: FieldsOf },
): Promise<T> {
  return orFieldProblem(
    orLookupProblem(work, remedyFor, ({ reason }) => `${failed} ${reason}`),
    fields,
  );
}

/** Tells a refusal of WeChat's that is about one part of the request as a fault of that part. */
async function orFieldProblem<T>(work: Promise<T>, fields: FieldsOf): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { wechat, remedy } = error.extras;
    const [code, path] = (wechat && fields.get(wechat.errcode)) ?? [];
    if (!code || !path || !wechat || !remedy) throw error;
    const errors = [inputError(path, remedy)];
    throw new ProblemError(code, `WeChat refused ${path}. ${remedy.en}`, { errors, wechat, remedy });
  }
}
