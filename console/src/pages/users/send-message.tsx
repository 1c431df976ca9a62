import { Alert, Button, Group, Select, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { answered, api, type Schemas } from '../../api/client.ts';
import { ErrorAlert } from '../../parts/error-alert.tsx';
import { Loaded } from '../../parts/loaded.tsx';
import { TemplateFields } from '../../parts/message-form/template-fields.tsx';
import { useDataCheck } from '../../parts/message-form/use-data-check.ts';
import { MomentInput } from '../../parts/moment-input.tsx';
import { NoTemplates } from '../../parts/no-templates.tsx';
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

/** Two models may have the same serial number. */
const deviceName = ({ sn, modelId }: { readonly sn: string; readonly modelId: string }) =>
  `${sn} · ${modelId}`;

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
  const [device, setDevice] = useState<string | null>(null);
  const [sendAt, setSendAt] = useState('');
  const template = chosen === null ? undefined : find(chosen);
  const ofTemplate = grants.filter(({ templateId }) => templateId === template?.templateId);
  const devices = ofTemplate.flatMap((one) => one.device ?? []);
  const chosenDevice = devices.length === 1 ? devices[0] : devices.find((one) => deviceName(one) === device);
  const needsDevice = template?.kind === 'device' && !chosenDevice;
  const { check, error: checkError } = useDataCheck(template?.templateId, { data, fit, page });
  const keys = useRef(new Map<string, string>());

  const send = useMutation({
    mutationFn() {
      const body = {
        to: openid,
        templateId: chosen ?? '',
        data: { ...data },
        fit,
        ...(page.trim() !== '' && { page: page.trim() }),
        ...(chosenDevice && { device: chosenDevice }),
        ...(sendAt !== '' && { sendAt }),
      };
      // The same again is the same message: a second press of the button, also where the answer to the first was lost.
      const written = JSON.stringify(body);
      const key = keys.current.get(written) ?? crypto.randomUUID();
      keys.current.set(written, key);
      return answered(api.POST('/v1/messages', { params: { header: { 'idempotency-key': key } }, body }));
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
  const grant = ofTemplate.find((one) => one.device === chosenDevice);
  const hasGrant = (grant?.available ?? 0) > 0 || grant?.subscribed === true;
  const shown = check?.valid === true ? check.data : data;
  return (
    <Loaded query={query}>
      {() =>
        templates.length === 0 ? (
          <NoTemplates />
        ) : (
          <form onSubmit={submit} className="columns">
            <Stack gap="md">
              <Select
                label={t.chooseTemplate}
                placeholder={t.pleaseChoose}
                searchable
                data={templates.map(({ templateId, title, alias }) => ({
                  value: templateId,
                  label: alias === undefined ? title : `${title} (${alias})`,
                }))}
                value={chosen}
                onChange={(next) => {
                  setChosen(next);
                  setData({});
                  setDevice(null);
                }}
              />
              {template && (
                <>
                  {devices.length > 0 && (
                    <Select
                      label={t.device}
                      allowDeselect={false}
                      data={devices.map(deviceName)}
                      value={chosenDevice ? deviceName(chosenDevice) : null}
                      onChange={setDevice}
                    />
                  )}
                  {needsDevice ? (
                    <Alert color="yellow">{devices.length > 0 ? t.chooseDevice : t.noDevice}</Alert>
                  ) : (
                    !hasGrant && <Alert color="yellow">{t.noGrantLeft}</Alert>
                  )}
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
                <Button
                  type="submit"
                  disabled={check?.valid !== true || needsDevice}
                  loading={send.isPending}
                >
                  {sendAt === '' ? t.sendNow : t.sendLater}
                </Button>
                <Button variant="default" onClick={onDone}>
                  {t.cancel}
                </Button>
                {template && check?.valid !== true && <p className="dim">{t.waitsForTexts}</p>}
              </Group>
            </Stack>
            {template && <PhoneCard template={template} data={shown} opensPage={page.trim() !== ''} />}
          </form>
        )
      }
    </Loaded>
  );
}
