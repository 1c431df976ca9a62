import { Select } from '@mantine/core';

/** Chooses a time zone of all that the browser knows. */
export function ZoneSelect(o: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (timezone: string) => void;
  readonly size?: 'xs' | 'sm';
  /** Where the list must not leave what it is in, as in a popover. */
  readonly isInside?: boolean;
}) {
  return (
    <Select
      label={o.label}
      size={o.size ?? 'sm'}
      searchable
      allowDeselect={false}
      limit={50}
      value={o.value}
      data={zones(o.value)}
      onChange={(chosen) => chosen !== null && o.onChange(chosen)}
      comboboxProps={{ withinPortal: o.isInside !== true }}
    />
  );
}

/** Every zone that the browser knows, and the chosen one, which may be an older name of one. */
function zones(chosen: string): string[] {
  return [...new Set(['Asia/Shanghai', 'UTC', chosen, ...Intl.supportedValuesOf('timeZone')])];
}
