import { Badge, Button, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
import { whileFirstPage } from '../../parts/polling.ts';
import { TemplateName } from '../../parts/template-name.tsx';
import { Time, useCountFormat } from '../../parts/time.tsx';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts.ts';
import { campaignTexts } from './texts.ts';

type Campaign = Schemas['Campaign'];

const COLORS: Readonly<Record<Campaign['status'], string>> = {
  active: 'green',
  paused: 'yellow',
  ended: 'gray',
};

/** The campaigns, the newest first. */
export default function Campaigns() {
  const t = useTexts(campaignTexts);
  const { may } = useSession();
  const query = useInfiniteQuery({
    queryKey: ['campaigns', 'list'],
    initialPageParam: '',
    refetchInterval: whileFirstPage(() => 15_000),
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/campaigns', { params: { query: given({ cursor }) } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const [name, setName] = useState('');
  const isMeant = ({ name: of }: Campaign) => of.toLowerCase().includes(name.trim().toLowerCase());
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  const shown = rows.filter(isMeant);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  // What is sought may stand far below: pages come until one has it.
  const seeks =
    name.trim() !== '' && shown.length === 0 && hasNextPage && !isFetchingNextPage && !query.error;
  useEffect(() => {
    if (seeks) void fetchNextPage();
  }, [seeks, fetchNextPage]);
  const make = may('manage') && (
    <Button component={Link} href="/campaigns/new">
      {t.make}
    </Button>
  );
  return (
    <Page title={t.title} intro={t.intro} actions={make}>
      <Section title={t.list}>
        <Loaded query={query}>
          {() => {
            if (rows.length === 0)
              return (
                <Empty title={t.none}>
                  <p>{t.noneText}</p>
                  {make}
                </Empty>
              );
            return (
              <>
                <TextInput
                  label={t.byName}
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                  autoComplete="off"
                />
                {shown.length === 0 && (
                  <p role="status" className="dim">
                    {hasNextPage ? t.seeking : t.noneNamed}
                  </p>
                )}
                <Rows
                  rows={shown}
                  onMore={hasNextPage ? () => void fetchNextPage() : undefined}
                  isFetchingMore={isFetchingNextPage}
                />
              </>
            );
          }}
        </Loaded>
      </Section>
    </Page>
  );
}

function Rows(o: {
  readonly rows: readonly Campaign[];
  readonly onMore: (() => void) | undefined;
  readonly isFetchingMore: boolean;
}) {
  const t = useTexts(campaignTexts);
  if (o.rows.length === 0) return null;
  return (
    <DataTable
      {...o}
      label={t.list}
      rowKey={({ id }) => id}
      columns={[
        { title: t.name, cell: ({ id, name }) => <Link href={`/campaigns/${id}`}>{name}</Link> },
        {
          title: t.status,
          cell: ({ status }) => (
            <Badge variant="light" color={COLORS[status]} tt="none">
              {t.statuses[status]}
            </Badge>
          ),
        },
        { title: t.message, cell: ({ templateId }) => <TemplateName id={templateId} /> },
        { title: t.audience, cell: ({ audience }) => <Audience audience={audience} /> },
        { title: t.next, cell: ({ nextRunAt: at }) => at !== undefined && <Time at={at} /> },
        { title: t.made, cell: ({ createdAt }) => <Time at={createdAt} /> },
      ]}
    />
  );
}

/** To whom a campaign goes, in words. */
export function Audience({ audience }: { readonly audience: Campaign['audience'] }) {
  const t = useTexts(campaignTexts);
  const count = useCountFormat();
  return audience.type === 'grantees' ? t.grantees : t.listed(count(audience.count));
}
