import { Button, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered, api, type Schemas } from '../../api/client.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { isMissing, Missing } from '../../parts/missing.tsx';
import { useTexts } from '../../texts.ts';
import { RecipientTable } from './recipient-table.tsx';
import { runTexts } from './run-texts.ts';

/** What became of one user in this run, whom nobody finds by turning pages. */
export function FindRecipient({ run }: { readonly run: Schemas['Run'] }) {
  const t = useTexts(runTexts);
  const [openid, setOpenid] = useState('');
  const [asked, setAsked] = useState('');
  const query = useQuery({
    queryKey: ['campaigns', 'run-recipient', run.id, run.status, asked],
    enabled: asked !== '',
    queryFn: () =>
      answered(
        api.GET('/v1/campaigns/{id}/runs/{runId}/recipients/{openid}', {
          params: { path: { id: run.campaignId, runId: run.id, openid: asked } },
        }),
      ),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(openid.trim());
  };
  return (
    <>
      <form onSubmit={submit} className="filters">
        <TextInput
          className="wide"
          label={t.findOne}
          value={openid}
          onChange={(event) => setOpenid(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant="default" className="shrink" loading={query.isFetching}>
          {t.find}
        </Button>
      </form>
      {query.data && <RecipientTable label={t.findOne} rows={[query.data]} />}
      {isMissing(query.error) ? (
        <Missing sought="recipient" id={asked} />
      ) : (
        query.error && <ErrorAlert error={query.error} />
      )}
    </>
  );
}
