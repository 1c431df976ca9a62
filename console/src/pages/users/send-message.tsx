import { Alert, Button, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { answered, api, type Schemas } from '../../api/client.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { TemplateFields } from '../../parts/message-form/template-fields.tsx';
import { useDataCheck } from '../../parts/message-form/use-data-check.ts';
import { MomentInput } from '../../parts/moment-input.tsx';
import { PhoneCard } from '../../parts/phone-card.tsx';
import { useTemplates } from '../../parts/templates.ts';
import { useToast } from '../../parts/toasts.tsx';
import { useTexts } from '../../texts.ts';
import { userTexts } from './texts.ts';

interface Props {
  readonly openid: string;
  readonly grants: readonly Schemas['Grant'][];
  readonly onDone: () => void;
}

/** Writes one message to a user: checked while it is typed, and drawn as the phone will show it. */
export function SendMessage({ openid, grants, onDone }: Props) {
  const t = useTexts(userTexts);
  const say = useToast();
  const queries = useQueryClient();
  const { query, templates, find } = useTemplates();
  const usable = grants.find(({ available, subscribed }) => (available ?? 0) > 0 || subscribed);
  const [chosen, setChosen] = useState<string | null>(usable?.templateId ?? null);
  const [data, setData] = useState<Readonly<Record<string, string>>>({});
  const [fit, setFit] = useState(true);
  const [page, setPage] = useState('');
  const [sn, setSn] = useState<string | null>(null);
  const [sendAt, setSendAt] = useState('');
  const template = chosen === null ? undefined : find(chosen);
  const chosenDevice = grants.find(
    ({ templateId, device }) => templateId === template?.templateId && device?.sn === sn,
  )?.device;
  const { check, error: checkError } = useDataCheck(template?.templateId, { data, fit, page });
  const key = useRef(crypto.randomUUID());

  const send = useMutation({
    mutationFn: () =>
      answered(
        api.POST('/v1/messages', {
          // A second press of the button is the same message.
          params: { header: { 'idempotency-key': key.current } },
          body: {
            to: openid,
            templateId: chosen ?? '',
            data: { ...data },
            fit,
            ...(page.trim() !== '' && { page: page.trim() }),
            ...(chosenDevice && { device: chosenDevice }),
            ...(sendAt !== '' && { sendAt }),
          },
        }),
      ),
    onError: () => {
      key.current = crypto.randomUUID();
    },
    async onSuccess() {
      say(t.accepted);
      await queries.invalidateQueries({ queryKey: ['messages'] });
      await queries.invalidateQueries({ queryKey: ['grants'] });
      onDone();
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  const ofTemplate = grants.filter(({ templateId }) => templateId === template?.templateId);
  const devices = ofTemplate.flatMap(({ device }) => device ?? []);
  const grant = ofTemplate.find(({ device }) => device?.sn === chosenDevice?.sn);
  const hasGrant = (grant?.available ?? 0) > 0 || grant?.subscribed === true;
  const shown = check?.valid === true ? check.data : data;
  return (
    <Loaded query={query}>
      {() => (
        <form onSubmit={submit} className="columns">
          <Stack gap="md">
            <Select
              label={t.chooseTemplate}
              searchable
              data={templates.map(({ templateId, title, alias }) => ({
                value: templateId,
                label: alias === undefined ? title : `${title} (${alias})`,
              }))}
              value={chosen}
              onChange={(next) => {
                setChosen(next);
                setData({});
              }}
            />
            {template && (
              <>
                {devices.length > 0 && (
                  <Select
                    label={t.device}
                    data={devices.map((device) => device.sn)}
                    value={sn}
                    onChange={setSn}
                  />
                )}
                {!hasGrant && <Alert color="yellow">{t.noGrantLeft}</Alert>}
                <TemplateFields
                  template={template}
                  data={data}
                  onChange={setData}
                  check={check}
                  isShown={(name) => data[name] !== undefined}
                />
                <Switch
                  label={t.fit}
                  description={t.fitHint}
                  checked={fit}
                  onChange={(event) => setFit(event.currentTarget.checked)}
                />
                <MomentInput label={t.when} value={sendAt} onChange={setSendAt} />
                <TextInput
                  label={t.page}
                  description={t.pageHint}
                  value={page}
                  onChange={(event) => setPage(event.currentTarget.value)}
                />
              </>
            )}
            {checkError && <ErrorAlert error={checkError} />}
            {send.error && <ErrorAlert error={send.error} />}
            <Group gap="sm">
              <Button type="submit" disabled={check?.valid !== true} loading={send.isPending}>
                {sendAt === '' ? t.sendNow : t.sendLater}
              </Button>
              <Button variant="default" onClick={onDone}>
                {t.cancel}
              </Button>
            </Group>
          </Stack>
          {template && <PhoneCard template={template} data={shown} opensPage={page.trim() !== ''} />}
        </form>
      )}
    </Loaded>
  );
}
