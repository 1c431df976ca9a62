import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { answered, api } from '../../api/client.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import type { Template } from '../../parts/templates.ts';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { templateTexts } from './texts.ts';

/** Gives a template a name of the owner's, or takes it away. */
export function AliasForm({ template }: { readonly template: Template }) {
  const t = useTexts(templateTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [alias, setAlias] = useState(template.alias ?? '');
  const params = { path: { id: template.templateId } };
  const save = useMutation({
    mutationFn: (name: string) =>
      name === ''
        ? answered(api.DELETE('/v1/templates/{id}/alias', { params }))
        : answered(api.PUT('/v1/templates/{id}/alias', { params, body: { alias: name } })),
    async onSuccess(_, name) {
      say(name === '' ? t.aliasRemoved : t.aliasSaved);
      setAlias(name);
      await queries.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(alias.trim());
  };
  return (
    <form onSubmit={submit} className="filters">
      <TextInput
        className="wide"
        label={t.alias}
        description={t.aliasHint}
        value={alias}
        onChange={(event) => setAlias(event.currentTarget.value)}
      />
      <Button type="submit" className="shrink" loading={save.isPending} disabled={alias.trim() === ''}>
        {t.aliasSave}
      </Button>
      {template.alias !== undefined && (
        <Button className="shrink" variant="default" onClick={() => save.mutate('')}>
          {t.aliasRemove}
        </Button>
      )}
      {save.error && <ErrorAlert error={save.error} />}
    </form>
  );
}
