import { Button, Checkbox, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { answered, api, type Schemas } from '../../api/client.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { Section } from '../../parts/page.tsx';
import { PhoneCard } from '../../parts/phone-card.tsx';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { libraryTexts } from './library-texts.ts';

/** WeChat takes so many keywords. */
const LEAST = 2;
const MOST = 5;

/** Chooses a title's keywords, shows the card that they make, and adds the template. */
export function AddTemplate({ title }: { readonly title: Schemas['LibraryTitle'] }) {
  const t = useTexts(libraryTexts);
  const say = useToast();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [chosen, setChosen] = useState<readonly Schemas['LibraryKeyword'][]>([]);
  const [scene, setScene] = useState('');
  const keywords = useQuery({
    queryKey: ['library', 'keywords', title.tid],
    staleTime: 300_000,
    queryFn: () =>
      answered(
        api.GET('/v1/template-library/titles/{tid}/keywords', {
          params: { path: { tid: title.tid }, query: { limit: 200 } },
        }),
      ),
  });
  const add = useMutation({
    mutationFn: () =>
      answered(
        api.POST('/v1/templates', {
          body: {
            tid: title.tid,
            keywordIds: chosen.map(({ keywordId }) => keywordId),
            ...(scene.trim() !== '' && { sceneDescription: scene.trim() }),
          },
        }),
      ),
    async onSuccess({ templateId }) {
      say(t.added);
      await queries.invalidateQueries({ queryKey: ['templates'] });
      go(`/templates/${templateId}`);
    },
  });
  const toggle = (keyword: Schemas['LibraryKeyword']) =>
    setChosen((before) =>
      before.includes(keyword) ? before.filter((one) => one !== keyword) : [...before, keyword],
    );
  // The card names fields by their places, which WeChat turns into keys once the template is added.
  const fields = chosen.map(({ name, kind, example, rule }, place) => ({
    key: `${kind}${place}`,
    kind,
    label: name,
    example,
    rule,
  }));
  return (
    <Section title={`${title.title} · ${t.keywords}`}>
      <div className="columns">
        <Stack gap="md">
          <p className="dim">{t.choose}</p>
          <Loaded query={keywords}>
            {({ items }) => (
              <Stack gap="xs">
                {items.map((keyword) => (
                  <Checkbox
                    key={keyword.keywordId}
                    label={`${keyword.name} · ${keyword.example}`}
                    checked={chosen.includes(keyword)}
                    disabled={chosen.length >= MOST && !chosen.includes(keyword)}
                    onChange={() => toggle(keyword)}
                  />
                ))}
              </Stack>
            )}
          </Loaded>
          <p className="dim" role="status">
            {t.howMany(chosen.length)}
          </p>
          <TextInput
            label={t.scene}
            description={t.sceneHint}
            value={scene}
            onChange={(event) => setScene(event.currentTarget.value)}
          />
          {add.error && <ErrorAlert error={add.error} />}
          <div>
            <Button disabled={chosen.length < LEAST} loading={add.isPending} onClick={() => add.mutate()}>
              {t.add}
            </Button>
          </div>
        </Stack>
        <PhoneCard
          template={{ title: title.title, fields }}
          data={Object.fromEntries(fields.map(({ key, example }) => [key, example]))}
          opensPage={false}
        />
      </div>
    </Section>
  );
}
