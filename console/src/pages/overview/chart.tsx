import 'uplot/dist/uPlot.min.css';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { DataTable } from '../../parts/data-table.tsx';
import { useCountFormat } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { type DayStatistics, sumOf } from './statistics.ts';
import { overviewTexts } from './texts.ts';

const HEIGHT = 230;

interface Props {
  readonly items: readonly DayStatistics[];
  readonly days: readonly string[];
}

/** Lines over days, and the same numbers as a table for who cannot see lines. */
export default function Chart({ items, days }: Props) {
  const t = useTexts(overviewTexts);
  const count = useCountFormat();
  const frame = useRef<HTMLDivElement>(null);
  const isDark = useComputedColorScheme('light') === 'dark';
  const byDay = days.map((day) => ({ day, ...sumOf(items.filter((item) => item.day === day)) }));
  const series = [
    { label: t.granted, color: isDark ? '#4dabf7' : '#1864ab', of: byDay.map(({ granted }) => granted) },
    { label: t.sent, color: isDark ? '#ced4da' : '#495057', of: byDay.map(({ sent }) => sent) },
    {
      label: t.delivered,
      color: isDark ? '#69db7c' : '#2b8a3e',
      of: byDay.map(({ delivered }) => delivered),
    },
    {
      label: t.notArrived,
      color: isDark ? '#ff8787' : '#c92a2a',
      of: byDay.map(({ refused, failed }) => refused + failed),
    },
  ];
  const drawn = JSON.stringify([series, isDark]);

  useEffect(() => {
    const place = frame.current;
    if (!place) return undefined;
    const ink = isDark ? '#a3afb9' : '#53606b';
    const grid = { stroke: isDark ? '#303840' : '#e3e8eb', width: 1 };
    /** Without a pointer over it, it tells the numbers of the last day. */
    const tellLatest = (plot: UPlot) => {
      if (typeof plot.cursor.idx !== 'number') plot.setLegend({ idx: days.length - 1 }, false);
    };
    const plot = new UPlot(
      {
        width: place.clientWidth,
        height: HEIGHT,
        cursor: { y: false },
        hooks: { ready: [tellLatest], setCursor: [tellLatest] },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.1)] } },
        axes: [
          { stroke: ink, grid: { show: false }, values: (_, at) => at.map((n) => (days[n] ?? '').slice(5)) },
          {
            stroke: ink,
            grid,
            values: (_, at) => at.map((n) => (Number.isInteger(n) ? count(n) : '')),
            size: 54,
          },
        ],
        series: [
          { label: t.day, value: (_, n) => days[n] ?? '–' },
          ...series.map(({ label, color }) => ({ label, stroke: color, width: 2, points: { size: 5 } })),
        ],
      },
      [days.map((_, n) => n), ...series.map(({ of }) => of)],
      place,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height: HEIGHT }));
    watch.observe(place);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [drawn]);

  return (
    <>
      <div ref={frame} className="chart" role="img" aria-label={t.chart} />
      <details>
        <summary>{t.table}</summary>
        <DataTable
          label={t.chart}
          rows={byDay.toReversed()}
          rowKey={({ day }) => day}
          columns={[
            { title: t.day, cell: ({ day }) => day },
            { title: t.granted, isNumber: true, cell: ({ granted }) => count(granted) },
            { title: t.sent, isNumber: true, cell: ({ sent }) => count(sent) },
            { title: t.delivered, isNumber: true, cell: ({ delivered }) => count(delivered) },
            { title: t.notArrived, isNumber: true, cell: ({ refused, failed }) => count(refused + failed) },
          ]}
        />
      </details>
    </>
  );
}
