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

/** Writes moments in the chosen language and zone. */
function useTimeFormat(): (at: string | number) => string {
  const { language, timezone } = usePreferences();
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
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
  const format = new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-GB');
  return (count) => format.format(count);
}
