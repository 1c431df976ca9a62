import { createTheme, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Router } from 'wouter';
import { mayPass } from './api/may-pass.ts';
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
      retry: (failures, error) => failures < 2 && mayPass(error),
      retryDelay: 1_000,
      // Without a network a call fails, and the page says so. By default it would wait without a word,
      networkMode: 'always',
      refetchOnReconnect: true,
    },
    // and a message that was given up long ago would leave when the network is back.
    mutations: { networkMode: 'always' },
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
