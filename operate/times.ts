import { givenValue } from './language.ts';

const system = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Whether a text names a time zone: `Asia/Shanghai`, `UTC`, `+08:00`. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** The zone that the command line asks for by `--zone`, else the system's. One that is none is refused before anything is printed. */
export function zoneOf(args: readonly string[]): string {
  const asked = givenValue(args, '--zone');
  return asked !== undefined && isZone(asked) ? asked : system;
}

/** A process tells times in one zone. */
const zone = zoneOf(process.argv.slice(2));

/** A moment as a person reads it, `2026-12-01 09:00:00 +08:00`, by the zone of this process unless another is named. */
export function localTime(moment: number | string, timeZone: string = zone): string {
  const date = new Date(moment);
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName')
    ?.value.replace('GMT', '');
  return `${format.format(date)} ${offset || '+00:00'}`;
}
