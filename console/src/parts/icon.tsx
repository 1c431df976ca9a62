/** Drawings of 24 by 24, by what they stand for; lines only. */
const PATHS = {
  overview: 'M4 20V10m6 10V4m6 16v-7m4 7H2',
  users:
    'M16 20v-1a4 4 0 0 0-4-4H7a4 4 0 0 0-4 4v1M9.500 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M21 20v-1a4 4 0 0 0-3-3.900M15.500 4.200a3.500 3.500 0 0 1 0 6.700',
  messages: 'M4 5h16v11H9l-5 4zM8 9h8M8 12h5',
  campaigns: 'M4 10v4h3l7 4V6l-7 4zM18 9a4 4 0 0 1 0 6M8 14l1 5h2',
  templates: 'M5 4h14v16H5zM5 9h14M9 13h6M9 16h4',
  apps: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  audit: 'M12 7v5l3 2M21 12a9 9 0 1 1-3-6.700M21 3v4h-4',
  menu: 'M4 7h16M4 12h16M4 17h16',
  close: 'M6 6l12 12M18 6L6 18',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 20a8 8 0 0 1 16 0',
  leave: 'M14 4H6v16h8M10 12h11M17 8l4 4-4 4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M5 13l4 4L19 7',
  warning: 'M12 4l9 16H3zM12 10v4M12 17v.500',
  refresh: 'M20 11a8 8 0 1 0-2 6M20 5v6h-6',
} as const;

/** The name of a drawing. */
export type IconName = keyof typeof PATHS;

/** A drawing beside a text, which says what it stands for. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
