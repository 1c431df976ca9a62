import { TextInput } from '@mantine/core';
import { momentOf, wallClockAt } from '../../../lib/time-zone.ts';
import { usePreferences } from '../preferences/preferences.tsx';

/** A moment, picked as the clock of the chosen zone shows it; told as RFC 3339, or empty. */
export function MomentInput(o: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (at: string) => void;
}) {
  const { timezone } = usePreferences();
  return (
    <TextInput
      type="datetime-local"
      label={o.label}
      value={
        o.value === '' ? '' : new Date(wallClockAt(Date.parse(o.value), timezone)).toISOString().slice(0, 16)
      }
      onChange={(event) => {
        const { value } = event.currentTarget;
        const atMs = value === '' ? undefined : momentOf(Date.parse(`${value}Z`), timezone);
        o.onChange(atMs === undefined ? '' : new Date(atMs).toISOString());
      }}
    />
  );
}
