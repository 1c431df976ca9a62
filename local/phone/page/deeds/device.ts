import * as v from 'valibot';
import { createSubscribeDevice } from '../../../../miniprogram/src/subscribe-device.ts';
import { remedyIn } from '../backend.ts';
import { templateOf } from '../state.ts';
import type { Deeds, Surroundings } from './deeds.ts';

/** The serial number of the sample device. */
export const DEVICE_SN = 'NEB-0042';
/** A ticket is good for five minutes (WeChat contract §8.1b). */
const NEW_TICKET_AFTER_MS = 4 * 60_000;

const declared = v.object({ kind: v.string() });

/** The page of a device: its owner's server gets a ticket, the user is asked, and the device reports by itself. */
export function deviceDeeds({ store, wechat, openid, qingniao, wx, backend, begin }: Surroundings) {
  const subscribeDevice = createSubscribeDevice({ wx, qingniao });
  let ticket = { snTicket: '', fetchedAtMs: 0 };

  /** Before the tap, since nothing may be awaited in it. */
  async function fetchTicket(modelId: string): Promise<void> {
    if (Date.now() - ticket.fetchedAtMs < NEW_TICKET_AFTER_MS) return;
    const request = { sn: DEVICE_SN, model_id: modelId };
    const ended = begin({ way: 'backendToWeChat', name: 'POST /wxa/getsnticket', request });
    const snTicket = await wechat.deviceTicket({ sn: DEVICE_SN, modelId });
    ended({ ok: true, end: 'errcode 0', answer: { errcode: 0, errmsg: 'ok', sn_ticket: snTicket } });
    ticket = { snTicket, fetchedAtMs: Date.now() };
    store.set({ deviceReady: true });
  }

  /** WeChat lists a device template as long-term, so the owner says once that it is one (docs/templates.md). */
  async function declareKind(templateId: string): Promise<void> {
    const path = `/v1/templates/${templateId}`;
    const known = v.safeParse(declared, (await backend('GET', path)).body);
    if (known.success && known.output.kind === 'device') return;
    await backend('PUT', `${path}/kind`, { kind: 'device' });
  }

  const deeds: Pick<Deeds, 'allowDevice' | 'runDry'> = {
    allowDevice() {
      const template = templateOf('device', store.get().templates);
      if (!template?.modelId) return;
      const { templateId, modelId } = template;
      store.set({ notice: undefined, problem: undefined });
      const device = { sn: DEVICE_SN, modelId, snTicket: ticket.snTicket };
      void subscribeDevice([templateId], device).then((outcome) => {
        ticket = { snTicket: '', fetchedAtMs: 0 };
        void fetchTicket(modelId);
        if (outcome.guide) return store.set({ guide: outcome.guide, notice: undefined });
        if (outcome.type === 'failed') return store.set({ problem: outcome.error.tell, notice: undefined });
        return store.set({ notice: outcome.accepted.length > 0 ? 'deviceAllowed' : 'deviceRefused' });
      });
    },
    runDry() {
      const template = templateOf('device', store.get().templates);
      if (!template?.modelId) return;
      store.set({ notice: undefined, problem: undefined });
      void backend('POST', '/v1/messages', {
        to: openid,
        templateId: template.templateId,
        device: { sn: DEVICE_SN, modelId: template.modelId },
        data: { time1: beijingTime(), enum_string2: '卧室', enum_string3: '水位过低，请及时加水' },
        page: 'pages/device/index',
      }).then((answer) => store.set(answer.ok ? { notice: 'ranDry' } : { problem: remedyIn(answer) }));
    },
  };

  return {
    deeds,
    /** As `onShow` of the page: what the tap needs is there before it. */
    async onShow(): Promise<void> {
      const template = templateOf('device', store.get().templates);
      if (!template?.modelId) return;
      await declareKind(template.templateId);
      await fetchTicket(template.modelId);
    },
  };
}

function beijingTime(): string {
  return new Date().toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' });
}
