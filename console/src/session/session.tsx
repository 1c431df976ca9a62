import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { answered, api, QingniaoProblem, type Schemas } from '../api/client.ts';
import { keepAppid, keepKey, storedAppid, storedKey, wipe } from './credentials.ts';
import { SignIn } from './sign-in.tsx';

/** What an API key may do. */
export type Scope = Schemas['Scope'];

/** Who is signed in, and which mini program they look at. */
interface Session {
  readonly keyName: string;
  readonly apps: readonly Schemas['App'][];
  readonly app: Schemas['App'];
  /** Jobs of the whole stage that were given up. */
  readonly deadLetters: Schemas['AppList']['deadLetters'];
  /** Whether the key may do what takes this scope. The service decides; the page only does not offer the rest. */
  readonly may: (scope: Scope) => boolean;
  readonly switchApp: (appid: string) => void;
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

/** Who is signed in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('Put this inside a SessionProvider.');
  return session;
}

const REFUSED = new Set<string>([
  'invalid-token',
  'missing-token',
  'wrong-caller',
  'missing-scope',
  'unknown-app',
]);

/** Shows `children` to whoever is signed in, and the sign-in to everybody else. */
export function SessionProvider({ children }: { readonly children: ReactNode }) {
  const [key, setKey] = useState(storedKey);
  const [appid, setAppid] = useState(storedAppid);
  const queries = useQueryClient();

  const signOut = useCallback(() => {
    wipe();
    queries.clear();
    setAppid(undefined);
    setKey(undefined);
  }, [queries]);

  const { data, error, isLoading, refetch } = useQuery({
    queryKey: ['session', key],
    queryFn: () => answered(api.GET('/v1/apps')),
    enabled: key !== undefined,
    refetchInterval: 60_000,
  });
  const isRefused = error instanceof QingniaoProblem && REFUSED.has(error.code);
  useEffect(() => {
    // The key stays out of the tab's storage once the service has refused it.
    if (isRefused) wipe();
  }, [isRefused]);

  const session = useMemo(() => {
    const app = data?.items.find((one) => one.appid === appid) ?? data?.items[0];
    if (!data || !app) return undefined;
    const { name: keyName, scopes } = data.key;
    return {
      keyName,
      apps: data.items,
      app,
      deadLetters: data.deadLetters,
      may: (scope: Scope) => scopes.includes(scope),
      switchApp(next: string) {
        keepAppid(next);
        setAppid(next);
        // Nothing of the one is shown as the other's, not even for a moment.
        void queries.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      },
      signOut,
    };
  }, [data, appid, queries, signOut]);

  if (session && !isRefused) return <SessionContext value={session}>{children}</SessionContext>;
  return (
    <SignIn
      isChecking={isLoading}
      error={error ?? undefined}
      onRetry={() => void refetch()}
      onSignIn={(given) => {
        keepKey(given);
        queries.removeQueries();
        setKey(given);
      }}
    />
  );
}
