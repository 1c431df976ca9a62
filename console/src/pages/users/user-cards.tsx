import { Badge } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { whileFirstPage } from '../../parts/polling.ts';
import { Time } from '../../parts/time.tsx';
import { usePreferences } from '../../preferences/preferences.tsx';
import { useTexts } from '../../texts.ts';
import { cardTexts, kindNames } from './card-texts.ts';

type Card = Schemas['Card'];

const COLORS: Readonly<Record<Card['status'], string>> = {
  activating: 'cyan',
  active: 'green',
  refused: 'orange',
  failed: 'red',
  expired: 'gray',
  unknown: 'yellow',
};

/** The service cards of a user, each with its state. Nothing where there are none, as for most. */
export function UserCards({ openid }: { readonly openid: string }) {
  const t = useTexts(cardTexts);
  const kinds = useTexts(kindNames);
  const query = useInfiniteQuery({
    queryKey: ['cards', openid],
    initialPageParam: '',
    refetchInterval: whileFirstPage((shown: readonly Card[]) =>
      shown.some(({ changing }) => changing) ? 3_000 : 60_000,
    ),
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/cards', { params: { query: { openid, ...given({ cursor }) } } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const rows = query.data?.pages.flatMap(({ items }) => items) ?? [];
  if (rows.length === 0 && !query.error) return null;
  return (
    <Section title={t.title}>
      <Loaded query={query}>
        {() => (
          <DataTable
            label={t.title}
            rows={rows}
            rowKey={({ id }) => id}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
            isFetchingMore={query.isFetchingNextPage}
            columns={[
              {
                title: t.status,
                cell: ({ status }) => (
                  <Badge variant="light" color={COLORS[status]} tt="none">
                    {t.statuses[status]}
                  </Badge>
                ),
              },
              {
                title: t.kind,
                cell: ({ notifyType }) => (
                  <>
                    {kinds[notifyType]} <code className="dim">{notifyType}</code>
                  </>
                ),
              },
              {
                title: t.shows,
                cell: ({ content, changing }) => (
                  <>
                    <code>cur_status {String(content['cur_status'] ?? '–')}</code>
                    {changing && <div className="dim">{t.changing}</div>}
                  </>
                ),
              },
              { title: t.outcome, cell: (card) => <Outcome card={card} /> },
              { title: t.updated, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
              { title: t.until, cell: ({ expiresAt }) => <Time at={expiresAt} /> },
            ]}
          />
        )}
      </Loaded>
    </Section>
  );
}

/** WeChat's answer to the last change, where it was no consent, and what to do. */
function Outcome({ card: { outcome } }: { readonly card: Card }) {
  const { language } = usePreferences();
  if (!outcome || outcome.errcode === 0) return null;
  return (
    <span>
      {outcome.errcode !== undefined && <code>{outcome.errcode}</code>} {outcome.reason}
      {outcome.remedy && <span className="cause">{outcome.remedy[language]}</span>}
    </span>
  );
}
