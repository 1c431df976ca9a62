import { usePreferences } from '../preferences/preferences.tsx';

/** A moment in the chosen zone, to the second; its whole form shows when pointed at. */
export function Time({ at }: { readonly at: string }) {
  const format = useTimeFormat();
  return (
    <time dateTime={at} title={at}>
      {format(at)}
    </time>
  );
}

/** A coming moment with its day of the week and its zone. */
export function ComingTime({ at, inZone }: { readonly at: string; readonly inZone: string }) {
  const { language } = usePreferences();
  const format = new Intl.DateTimeFormat(localeOf(language), {
    timeZone: inZone,
    dateStyle: 'full',
    timeStyle: 'long',
    hourCycle: 'h23',
  });
  return <time dateTime={at}>{format.format(new Date(at))}</time>;
}

function localeOf(language: 'en' | 'zh'): string {
  return language === 'zh' ? 'zh-CN' : 'en-GB';
}

/** Writes moments in the chosen language and zone. */
function useTimeFormat(): (at: string | number) => string {
  const { language, timezone } = usePreferences();
  const format = new Intl.DateTimeFormat(localeOf(language), {
    timeZone: timezone,
    year: 'numeric',
    month: language === 'zh' ? '2-digit' : 'short',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => format.format(new Date(at));
}

/** Writes whole numbers with their separators. */
export function useCountFormat(): (count: number) => string {
  const { language } = usePreferences();
  const format = new Intl.NumberFormat(localeOf(language));
  return (count) => format.format(count);
}
