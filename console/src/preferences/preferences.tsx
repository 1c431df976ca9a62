import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import * as v from 'valibot';
import { LANGUAGES, type Language } from './languages.ts';

/** How somebody likes to see the console. It is kept in the browser and says nothing of the service. */
const schema = v.object({
  language: v.picklist(LANGUAGES),
  /** `auto` follows the system. */
  colors: v.picklist(['auto', 'light', 'dark']),
  /** The IANA zone that times are told in. */
  timezone: v.string(),
});

/** {@link schema} */
export type PreferenceValues = Readonly<v.InferOutput<typeof schema>>;

interface Preferences extends PreferenceValues {
  readonly prefer: (change: Partial<PreferenceValues>) => void;
}

const STORED_AS = 'qingniao.preferences';

const PreferencesContext = createContext<Preferences | undefined>(undefined);

/** Holds the preferences and keeps them. */
export function PreferencesProvider({ children }: { readonly children: ReactNode }) {
  const [values, setValues] = useState(storedOrDefault);
  useEffect(() => {
    localStorage.setItem(STORED_AS, JSON.stringify(values));
    document.documentElement.lang = values.language === 'zh' ? 'zh-CN' : 'en';
  }, [values]);
  const preferences = useMemo(
    () => ({
      ...values,
      prefer: (change: Partial<PreferenceValues>) => setValues((before) => ({ ...before, ...change })),
    }),
    [values],
  );
  return <PreferencesContext value={preferences}>{children}</PreferencesContext>;
}

/** The preferences, and how to change them. */
export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error('Put this inside a PreferencesProvider.');
  return preferences;
}

function storedOrDefault(): PreferenceValues {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), localStorage.getItem(STORED_AS));
  if (parsed.success && isTimeZone(parsed.output.timezone)) return parsed.output;
  return { language: preferredLanguage(), colors: 'auto', timezone: ownTimezone() };
}

function preferredLanguage(): Language {
  return navigator.languages.some((tag) => tag.startsWith('zh')) ? 'zh' : 'en';
}

function ownTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
