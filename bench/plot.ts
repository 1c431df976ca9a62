import type { Figure } from './figures.ts';

/** One line of a panel. */
interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

interface Panel {
  readonly title: string;
  readonly xTitle: string;
  readonly series: readonly Series[];
}

const WIDTH = 420;
const HEIGHT = 300;
const EDGE = { left: 52, right: 14, top: 34, bottom: 44 } as const;
const LEGEND_ROW = 16;
const COLOURS = ['#0969da', '#57606a', '#1a7f37', '#bc4c00', '#8250df', '#cf222e'];
const THROUGHPUT = /^(.+), (\d+) in flight$/;
const RECIPIENT = /^campaign to (\d+), write units a recipient$/;

/** The share of the limit over the sends in flight, and the cost of a recipient over the size of the campaign, side by side as SVG. */
export function plotFigures(figures: readonly Figure[]): string {
  const panels = [throughputPanel(figures), recipientPanel(figures)].filter(
    ({ series }) => series.length > 0,
  );
  const rows = Math.max(0, ...panels.map(({ series }) => series.length));
  const height = HEIGHT + rows * LEGEND_ROW + 12;
  const drawn = panels.map((panel, n) => `<g transform="translate(${n * WIDTH} 0)">${draw(panel)}</g>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH * panels.length}" height="${height}" viewBox="0 0 ${WIDTH * panels.length} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
}

function throughputPanel(figures: readonly Figure[]): Panel {
  const points = new Map<string, [number, number][]>();
  for (const { part, name, ratio } of figures) {
    const [, subject, inFlight] = THROUGHPUT.exec(name) ?? [];
    // What is no share of the limit is in the table alone, and so is the blog's way, which has one in flight.
    if (part !== 'throughput' || !ratio?.of.endsWith('/s') || subject === undefined) continue;
    if (subject.startsWith('blog')) continue;
    points.set(subject, [...(points.get(subject) ?? []), [Number(inFlight), ratio.value]]);
  }
  return {
    title: 'Share of the limit (in flight / latency)',
    xTitle: 'sends in flight',
    series: [...points].map(([name, all]) => ({ name, points: all })),
  };
}

function recipientPanel(figures: readonly Figure[]): Panel {
  const points = figures.flatMap(({ name, value }): [number, number][] => {
    const [, size] = RECIPIENT.exec(name) ?? [];
    return size === undefined ? [] : [[Number(size), value]];
  });
  return {
    title: 'Write units of a campaign recipient',
    xTitle: 'recipients',
    series: points.length > 0 ? [{ name: 'measured', points }] : [],
  };
}

function draw({ title, xTitle, series }: Panel): string {
  const all = series.flatMap(({ points }) => points);
  const places = [...new Set(all.map(([x]) => x))].toSorted((a, b) => a - b);
  const top = Math.max(1, ...all.map(([, y]) => y)) * 1.1;
  const right = WIDTH - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  // Each size that was measured has the same room, as on a logarithmic scale.
  const xOf = (x: number) =>
    EDGE.left + ((places.indexOf(x) + 0.5) * (right - EDGE.left)) / Math.max(1, places.length);
  const yOf = (y: number) => bottom - (y / top) * (bottom - EDGE.top);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((y) =>
    [
      `<line x1="${EDGE.left}" y1="${yOf(y)}" x2="${right}" y2="${yOf(y)}" stroke="#d0d7de"/>`,
      `<text x="${EDGE.left - 8}" y="${yOf(y) + 4}" text-anchor="end" fill="#57606a">${y}</text>`,
    ].join(''),
  );
  const ticks = places.map(
    (x) =>
      `<text x="${xOf(x)}" y="${bottom + 18}" text-anchor="middle" fill="#57606a">${x.toLocaleString('en')}</text>`,
  );
  const lines = series.map(({ name, points }, n) => {
    const colour = COLOURS[n % COLOURS.length];
    const path = points.map(([x, y]) => `${xOf(x).toFixed(1)},${yOf(y).toFixed(1)}`).join(' ');
    const dots = points.map(
      ([x, y]) => `<circle cx="${xOf(x).toFixed(1)}" cy="${yOf(y).toFixed(1)}" r="3" fill="${colour}"/>`,
    );
    const legendY = HEIGHT + n * LEGEND_ROW;
    return [
      `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...dots,
      `<rect x="${EDGE.left}" y="${legendY - 8}" width="14" height="3" fill="${colour}"/>`,
      `<text x="${EDGE.left + 20}" y="${legendY - 3}" fill="#1f2328">${name}</text>`,
    ].join('');
  });
  return [
    `<text x="${EDGE.left}" y="20" font-weight="600" fill="#1f2328">${title}</text>`,
    ...grid,
    ...ticks,
    `<text x="${(EDGE.left + right) / 2}" y="${bottom + 36}" text-anchor="middle" fill="#57606a">${xTitle}</text>`,
    ...lines,
  ].join('');
}
