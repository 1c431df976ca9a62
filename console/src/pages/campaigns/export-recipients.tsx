import { Button, Group } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { download } from '../../parts/download.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { useCountFormat } from '../../parts/time.tsx';
import { useTexts } from '../../texts.ts';
import { exportRecipients } from './recipient-pages.ts';
import { runTexts } from './run-texts.ts';

/** Writes all recipients of a run into a file. It ends when it is told to, and when the page is left. */
export function ExportRecipients({ run }: { readonly run: Schemas['Run'] }) {
  const t = useTexts(runTexts);
  const count = useCountFormat();
  const [written, setWritten] = useState(0);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const all = useMutation({
    async mutationFn() {
      stop.current = new AbortController();
      const { signal } = stop.current;
      setWritten(0);
      const parts = await exportRecipients(run, setWritten, signal);
      if (!signal.aborted) download(`${run.id}.csv`, ...parts);
    },
  });
  const isGivenUp = stop.current.signal.aborted;
  return (
    <div className="ask-again">
      <Group gap="sm">
        <Button variant="default" size="sm" loading={all.isPending} onClick={() => all.mutate()}>
          {t.export}
        </Button>
        {all.isPending && (
          <Button variant="subtle" size="sm" onClick={() => stop.current.abort()}>
            {t.exportStop}
          </Button>
        )}
      </Group>
      {all.isPending && <p role="status">{t.exporting(count(written), count(run.recipients))}</p>}
      {all.error && !isGivenUp && <ErrorAlert error={all.error} />}
    </div>
  );
}
