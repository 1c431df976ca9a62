import { Button } from '@mantine/core';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { given } from '../../api/given.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { csvLine, download } from '../../parts/download.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Time, useCountFormat } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { runTexts } from './run-texts.ts';

type Recipient = Schemas['RunRecipient'];

/** What became of each recipient, page by page, and all of them as a file. */
export function RunRecipients({ run }: { readonly run: Schemas['Run'] }) {
  const t = useTexts(runTexts);
  const path = { id: run.campaignId, runId: run.id };
  const page = (limit: number, cursor: string) =>
    answered(
      api.GET('/v1/campaigns/{id}/runs/{runId}/recipients', {
        params: { path, query: { limit, ...given({ cursor }) } },
      }),
    );
  const query = useInfiniteQuery({
    queryKey: ['campaigns', 'run-recipients', run.id, run.status],
    initialPageParam: '',
    queryFn: ({ pageParam }) => page(50, pageParam),
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const rows = pages.flatMap(({ items }) => items);
        if (rows.length === 0) return <p className="dim">{t.none}</p>;
        return (
          <>
            <DataTable
              label={t.recipients}
              rows={rows}
              rowKey={({ openid }) => openid}
              onMore={query.hasNextPage ? () => void query.fetchNextPage() : undefined}
              isFetchingMore={query.isFetchingNextPage}
              columns={[
                {
                  title: t.openid,
                  cell: ({ openid }) => (
                    <Link href={`/users/${openid}`}>
                      <code>{openid}</code>
                    </Link>
                  ),
                },
                { title: t.status, cell: ({ status }) => t.counts[status] },
                { title: t.reason, cell: reasonOf },
                { title: t.at, cell: ({ at }) => at !== undefined && <Time at={at} /> },
              ]}
            />
            <Export run={run} page={page} />
          </>
        );
      }}
    </Loaded>
  );
}

function reasonOf({ errcode, reason, problems }: Recipient): string {
  return [...(errcode === undefined || errcode === 0 ? [] : [String(errcode)]), reason, ...(problems ?? [])]
    .filter((word) => word !== undefined && word !== 'accepted')
    .join(' ');
}

function Export({
  run,
  page,
}: {
  readonly run: Schemas['Run'];
  readonly page: (limit: number, cursor: string) => Promise<Schemas['RunRecipientPage']>;
}) {
  const t = useTexts(runTexts);
  const count = useCountFormat();
  const [written, setWritten] = useState(0);
  const all = useMutation({
    async mutationFn() {
      const lines = [csvLine(['openid', 'status', 'attempts', 'at', 'errcode', 'reason'])];
      let cursor: string | undefined = '';
      while (cursor !== undefined) {
        const { items, nextCursor }: Schemas['RunRecipientPage'] = await page(200, cursor);
        for (const one of items)
          lines.push(
            csvLine([one.openid, one.status, `${one.attempts}`, one.at, one.errcode?.toString(), one.reason]),
          );
        setWritten(lines.length - 1);
        cursor = nextCursor;
      }
      download(`${run.id}.csv`, lines.join(''));
    },
  });
  return (
    <div className="ask-again">
      <Button variant="default" size="sm" loading={all.isPending} onClick={() => all.mutate()}>
        {t.export}
      </Button>
      {all.isPending && <p role="status">{t.exporting(count(written))}</p>}
      {all.error && <ErrorAlert error={all.error} />}
    </div>
  );
}
