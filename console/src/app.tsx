import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Router } from 'wouter';
import { ApiError } from './api/api-error.ts';
import { Pages } from './layout/pages.tsx';
import { Shell } from './layout/shell.tsx';
import { ToastProvider } from './parts/toasts.tsx';
import { PreferencesProvider, usePreferences } from './preferences/preferences.tsx';
import { SessionProvider } from './session/session.tsx';

const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  defaultRadius: 'md',
  fontFamily: 'inherit',
  headings: { fontFamily: 'inherit' },
  cursorType: 'pointer',
});

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the service refused it will refuse again; what did not reach it may be tried once more.
      retry: (failures, error) =>
        failures < 2 && (!(error instanceof ApiError) || error.problem.status >= 500),
      retryDelay: 1_000,
    },
  },
});

/** The console. */
export function App() {
  return (
    <PreferencesProvider>
      <Colored />
    </PreferencesProvider>
  );
}

/** Without the styles that Mantine would put into the page: its policy takes those of its own files only. */
function Colored() {
  const { colors } = usePreferences();
  return (
    <MantineProvider
      theme={theme}
      withCssVariables={false}
      withGlobalClasses={false}
      deduplicateCssVariables={false}
      defaultColorScheme="auto"
      {...(colors !== 'auto' && { forceColorScheme: colors })}
    >
      <QueryClientProvider client={queries}>
        <Router base="/console">
          <ToastProvider>
            <SessionProvider>
              <Shell>
                <Pages />
              </Shell>
            </SessionProvider>
          </ToastProvider>
        </Router>
      </QueryClientProvider>
    </MantineProvider>
  );
}
