import { Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../../api/client.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import type { Template } from '../../parts/templates.ts';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { templateTexts } from './texts.ts';

type Declared = Schemas['DeclaredKind']['kind'];

const KINDS: readonly Declared[] = ['long-term', 'limited', 'device'];

/** Says what kind a template is where WeChat does not tell: it lists limited and device templates as long-term. */
export function KindForm({ template }: { readonly template: Template }) {
  const t = useTexts(templateTexts);
  const say = useToast();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (kind: Declared) =>
      answered(
        api.PUT('/v1/templates/{id}/kind', { params: { path: { id: template.templateId } }, body: { kind } }),
      ),
    async onSuccess() {
      say(t.kindSaved);
      await queries.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  return (
    <>
      <Select
        label={t.kind}
        description={t.kindHint}
        allowDeselect={false}
        maw={420}
        value={template.kind}
        disabled={save.isPending}
        data={KINDS.map((kind) => ({ value: kind, label: t.kinds[kind] }))}
        onChange={(chosen) => {
          const kind = KINDS.find((one) => one === chosen);
          if (kind && kind !== template.kind) save.mutate(kind);
        }}
      />
      {save.error && <ErrorAlert error={save.error} />}
    </>
  );
}
