import { Badge, Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Empty } from '../../parts/empty.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Page, Section } from '../../parts/page.tsx';
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
    refetchInterval: 15_000,
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/campaigns', { params: { query: given({ cursor }) } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const make = may('manage') && (
    <Button component={Link} href="/campaigns/new">
      {t.make}
    </Button>
  );
  return (
    <Page title={t.title} intro={t.intro} actions={make}>
      <Section title={t.list}>
        <Loaded query={query}>
          {({ pages }) => {
            const rows = pages.flatMap(({ items }) => items);
            if (rows.length === 0)
              return (
                <Empty title={t.none}>
                  <p>{t.noneText}</p>
                  {make}
                </Empty>
              );
            return (
              <DataTable
                label={t.list}
                rows={rows}
                rowKey={({ id }) => id}
                onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
                isFetchingMore={query.isFetchingNextPage}
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
          }}
        </Loaded>
      </Section>
    </Page>
  );
}

/** To whom a campaign goes, in words. */
export function Audience({ audience }: { readonly audience: Campaign['audience'] }) {
  const t = useTexts(campaignTexts);
  const count = useCountFormat();
  return audience.type === 'grantees' ? t.grantees : t.listed(count(audience.count));
}
