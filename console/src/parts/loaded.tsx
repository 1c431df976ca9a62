import { Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { ErrorAlert } from './error-alert.tsx';
import { isMissing, Missing, type Sought } from './missing.tsx';

/** A query as far as it is needed here. */
interface QueryState<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/**
 * What a query brought, or that it is under way, or why it brought nothing and what to do. What was brought before stays
 * below the error, since it may be old. Of what is looked up by its id it says so when there is none.
 */
export function Loaded<T>({
  query,
  sought,
  children,
}: {
  readonly query: QueryState<T>;
  readonly sought?: { readonly is: Sought; readonly id: string };
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error } = query;
  if (sought && isMissing(error)) return <Missing sought={sought.is} id={sought.id} />;
  const failure = error && <ErrorAlert error={error} onRetry={() => void query.refetch()} />;
  if (data === undefined) return failure ?? <Loader size="sm" />;
  return (
    <>
      {failure}
      {children(data)}
    </>
  );
}
