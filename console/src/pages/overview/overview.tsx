import { Group, SegmentedControl, Select } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { ByTemplate } from './by-template.tsx';
import { Findings } from './findings.tsx';
import { type DayStatistics, shownDays, useStatistics } from './statistics.ts';
import { overviewTexts } from './texts.ts';
import { Tiles } from './tiles.tsx';

const Chart = lazy(() => import('./chart.tsx'));

/** How things stand today and over the last two weeks, and what is wrong now. */
export default function Overview() {
  const t = useTexts(overviewTexts);
  const statistics = useStatistics();
  return (
    <Page title={t.title}>
      <Loaded query={statistics}>
        {(items) => (
          <>
            <Findings items={items} />
            <Numbers items={items} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Numbers({ items }: { readonly items: readonly DayStatistics[] }) {
  const t = useTexts(overviewTexts);
  const { timezone } = usePreferences();
  const { titleOf } = useTemplates();
  const { may } = useSession();
  const [templateId, setTemplateId] = useState('');
  const [span, setSpan] = useState<'today' | 'days'>('today');
  const days = shownDays(Date.now(), timezone);
  const chosen = items.filter((item) => templateId === '' || item.templateId === templateId);
  if (items.length === 0)
    return (
      <Section title={t.empty}>
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          <p>{t.emptyDev}</p>
          <Group gap="lg" justify="center">
            {may('manage') && <Link href="/campaigns/new">{t.emptyCampaign}</Link>}
            <Link href="/users">{t.emptyLink}</Link>
          </Group>
        </Empty>
      </Section>
    );
  const templateIds = [...new Set(items.map((item) => item.templateId))];
  return (
    <>
      <Tiles items={chosen} today={days.at(-1) ?? ''} />
      <Section
        title={t.twoWeeks}
        actions={
          <Select
            aria-label={t.template}
            size="xs"
            w={220}
            allowDeselect={false}
            value={templateId}
            onChange={(id) => setTemplateId(id ?? '')}
            data={[
              { value: '', label: t.allTemplates },
              ...templateIds.map((id) => ({ value: id, label: titleOf(id) })),
            ]}
          />
        }
      >
        <Suspense fallback={<div className="chart" />}>
          <Chart items={chosen} days={days} />
        </Suspense>
      </Section>
      <Section
        title={t.byTemplate}
        actions={
          <SegmentedControl
            aria-label={t.byTemplate}
            size="xs"
            value={span}
            onChange={(value) => setSpan(value === 'days' ? 'days' : 'today')}
            data={[
              { value: 'today', label: t.onToday },
              { value: 'days', label: t.twoWeeks },
            ]}
          />
        }
      >
        <ByTemplate items={items} {...(span === 'today' && { day: days.at(-1) ?? '' })} />
      </Section>
    </>
  );
}
