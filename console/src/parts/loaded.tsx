import { Loader } from '@mantine/core';
import type { ReactNode } from 'react';
import { ErrorAlert } from './error-alert.tsx';

/** A query as far as it is needed here. */
interface QueryState<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
}

/**
 * What a query brought, or that it is under way, or why it brought nothing and what to do. What was brought before stays
 * below the error, since it may be old.
 */
export function Loaded<T>({
  query,
  children,
}: {
  readonly query: QueryState<T>;
  readonly children: (data: T) => ReactNode;
}) {
  const { data, error } = query;
  const failure = error && <ErrorAlert error={error} onRetry={() => void query.refetch()} />;
  if (data === undefined) return failure ?? <Loader size="sm" />;
  return (
    <>
      {failure}
      {children(data)}
    </>
  );
}
