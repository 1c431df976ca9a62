import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { whileFirstPage } from '../../parts/polling.ts';
import { Time, useCountFormat } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { runTexts } from './run-texts.ts';
import { campaignTexts } from './texts.ts';

/** The runs of a campaign, the newest first. */
export function RunList({ campaignId: id }: { readonly campaignId: string }) {
  const t = useTexts(runTexts);
  const { noRuns, runs } = useTexts(campaignTexts);
  const count = useCountFormat();
  const query = useInfiniteQuery({
    queryKey: ['campaigns', 'runs', id],
    initialPageParam: '',
    refetchInterval: whileFirstPage((shown: readonly Schemas['Run'][]) =>
      shown.some(({ status }) => status === 'running') ? 5_000 : 30_000,
    ),
    queryFn: ({ pageParam: cursor }) =>
      answered(api.GET('/v1/campaigns/{id}/runs', { params: { path: { id }, query: given({ cursor }) } })),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        if (rows.length === 0) return <p className="dim">{noRuns}</p>;
        return (
          <DataTable
            label={runs}
            rows={rows}
            rowKey={(run) => run.id}
            onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
            isFetchingMore={query.isFetchingNextPage}
            columns={[
              {
                title: t.started,
                cell: (run) => (
                  <Link href={`/campaigns/${id}/runs/${run.id}`}>
                    <Time at={run.startedAt} />
                  </Link>
                ),
              },
              {
                title: t.status,
                cell: ({ status, trigger, dryRun }) => (
                  <>
                    {t.statuses[status]}{' '}
                    <span className="dim">{dryRun ? t.dryRun : t.triggers[trigger]}</span>
                  </>
                ),
              },
              { title: t.recipients, isNumber: true, cell: ({ recipients }) => count(recipients) },
              {
                title: t.counts.sent,
                isNumber: true,
                cell: ({ counts }) => count(counts.sent + counts.delivered),
              },
              { title: t.counts.refused, isNumber: true, cell: ({ counts }) => count(counts.refused) },
              { title: t.counts.failed, isNumber: true, cell: ({ counts }) => count(counts.failed) },
            ]}
          />
        );
      }}
    </Loaded>
  );
}
