import { Button, Group, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ErrorAlert } from '../../../parts/error-alert.tsx';
import { PhoneCard } from '../../../parts/phone-card.tsx';
import { useTemplates } from '../../../parts/templates.ts';
import { useCountFormat } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts.ts';
import { type Draft, sampleOf } from './draft.ts';
import { prepareCampaign } from './prepare-campaign.ts';
import { Ready } from './ready.tsx';
import { Summary } from './summary.tsx';
import { newCampaignTexts } from './texts.ts';

/** The last look: to how many people, when, and the card; then the number is typed and it goes. */
export function ConfirmStep({ draft, onBack }: { readonly draft: Draft; readonly onBack: () => void }) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const { find } = useTemplates();
  const [uploaded, setUploaded] = useState(0);
  const [left] = useState(() => new AbortController());
  // What nobody confirmed stays in no list of campaigns, also where the step is left by another way than its buttons.
  useEffect(() => () => left.abort(), [left]);
  const prepare = useMutation({ mutationFn: () => prepareCampaign(draft, setUploaded, left.signal) });
  const template = draft.templateId === null ? undefined : find(draft.templateId);
  const all = draft.list?.good.length ?? 0;
  return (
    <div className="columns">
      <Stack gap="md">
        <Summary draft={draft} />
        {prepare.data ? (
          <Ready draft={draft} prepared={prepare.data} onDiscarded={onBack} />
        ) : (
          <>
            {prepare.isPending && (
              <p role="status">
                {t.preparing} {draft.audience === 'list' && t.uploaded(count(uploaded), count(all))}
              </p>
            )}
            {!prepare.isPending && <p className="dim">{t.prepareHint}</p>}
            {prepare.error && <ErrorAlert error={prepare.error} />}
            <Group gap="sm">
              <Button variant="default" onClick={onBack} disabled={prepare.isPending}>
                {t.back}
              </Button>
              <Button loading={prepare.isPending} onClick={() => prepare.mutate()}>
                {t.prepare}
              </Button>
            </Group>
          </>
        )}
      </Stack>
      {template && (
        <PhoneCard
          template={template}
          data={sampleOf(draft.data, template)}
          opensPage={draft.page.trim() !== ''}
        />
      )}
    </div>
  );
}
