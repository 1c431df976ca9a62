import { Radio, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answered, api } from '../../../api/client.ts';
import { useCountFormat } from '../../../parts/time.tsx';
import { useTexts } from '../../../texts.ts';
import { type Draft, variablesOf } from './draft.ts';
import { ListInput } from './list-input.tsx';
import { newCampaignTexts } from './texts.ts';

interface Props {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

/** To whom: everyone with a grant, or a list. */
export function AudienceStep({ draft, onChange }: Props) {
  const t = useTexts(newCampaignTexts);
  const count = useCountFormat();
  const variables = variablesOf(draft);
  const stock = useQuery({
    queryKey: ['stock', draft.templateId],
    queryFn: () =>
      answered(api.GET('/v1/stats', { params: { query: { templateId: draft.templateId ?? '' } } })),
  });
  const available = stock.data?.items.at(-1)?.available ?? 0;
  return (
    <Stack gap="md">
      <Radio.Group
        aria-label={t.steps.audience}
        value={draft.audience}
        onChange={(value) => onChange({ audience: value === 'list' ? 'list' : 'grantees' })}
      >
        <Stack gap="sm">
          <Radio
            value="grantees"
            label={t.grantees}
            description={
              variables.length > 0
                ? t.granteesVariables
                : available === 0 && stock.data
                  ? t.granteesNone
                  : t.granteesHint(count(available))
            }
            disabled={variables.length > 0}
          />
          <Radio value="list" label={t.list} description={t.listHint} />
        </Stack>
      </Radio.Group>
      {draft.audience === 'list' && <ListInput draft={draft} onChange={onChange} />}
    </Stack>
  );
}
