import type { Device } from './devices.ts';
import { tellPopup } from './events/tell.ts';
import { turnOff } from './settings-page.ts';
import type { Template } from './templates.ts';
import { createSessionKey, type User } from './users.ts';
import type { World } from './world.ts';

/** The answers that a popup can give for one template (WeChat contract §7.1). */
export const POPUP_STATUSES = [
  'accept',
  'acceptWithAlert',
  'acceptWithAudio',
  'acceptWithForcePush',
  'reject',
  'ban',
  'filter',
] as const;

/** One answer of the popup. */
export type PopupStatus = (typeof POPUP_STATUSES)[number];

/** What the call for a popup hands to `success` or to `fail`. */
export type PopupAnswer =
  | ({ readonly errMsg: string } & Readonly<Record<string, string>>)
  | { readonly errMsg: string; readonly errCode: number };

/** What the user taps in the popup. */
export interface PopupTaps {
  readonly openid: string;
  readonly results: Readonly<Record<string, PopupStatus>>;
  /** The user ticks "always keep the above, do not ask again". */
  readonly always?: boolean;
  /** Version of the client's base library; 3 templates at most before 3.12.1, then 5. */
  readonly baseLibrary?: string;
}

/** What the user taps in the popup of `wx.requestSubscribeDeviceMessage`, and what it was called with. */
export interface DeviceTaps extends Omit<PopupTaps, 'baseLibrary'>, Device {
  readonly snTicket: string;
}

const FAILURES: Readonly<Record<number, string>> = {
  10001: "TmplIds can't be empty",
  20001: 'No template data return, verify the template id exist',
  20002: 'Templates type must be same',
  20003: 'Templates count out of max bounds',
  20004: 'The main switch is switched off',
  20005: 'This mini program was banned from subscribing messages',
  20013: 'Reject DeviceMsg Template',
  19720726: 'check sn_ticket fail',
  19720727: 'sn_ticket expire',
  19720728: 'err_not_found_tid',
  19720736: 'template_id do not match model_id',
};

/** `wx.login`: a new code, and a new session_key with it (WeChat contract §1.1). */
export function login(world: World, openid: string): string {
  const user = world.users.known(openid);
  user.sessionKey = createSessionKey();
  return world.codes.issue(openid);
}

/** `wx.requestSubscribeMessage`: each accept adds a grant, a kept choice is answered without asking (§7.1, §7.2). */
export function subscribe(world: World, taps: PopupTaps): PopupAnswer {
  const user = world.users.known(taps.openid);
  const failure = popupFailure(world, user, Object.keys(taps.results), taps.baseLibrary);
  return answerPopup(world, user, { call: 'requestSubscribeMessage', taps, failure });
}

/** `wx.requestSubscribeDeviceMessage`: each accept subscribes to one device (WeChat contract §8.1b). */
export function subscribeDevice(world: World, { sn, modelId, snTicket, ...taps }: DeviceTaps): PopupAnswer {
  const user = world.users.known(taps.openid);
  const device = { sn, modelId };
  const failure =
    devicePopupFailure(world, user, Object.keys(taps.results), device) ??
    world.deviceTickets.failureOf(snTicket, device);
  return answerPopup(world, user, { call: 'requestSubscribeDeviceMessage', taps, failure, device });
}

interface Popup {
  readonly call: 'requestSubscribeMessage' | 'requestSubscribeDeviceMessage';
  readonly taps: PopupTaps;
  readonly failure: number | undefined;
  readonly device?: Device;
}

function answerPopup(world: World, user: User, { call, taps, failure, device }: Popup): PopupAnswer {
  if (failure !== undefined) return { errMsg: `${call}:fail ${FAILURES[failure]}`, errCode: failure };
  const ids = Object.keys(taps.results);
  const templates = ids.flatMap((id) => world.templates.get(id) ?? []);
  const keptBefore = new Set(user.kept.keys());
  const statuses = templates.map((template, i) => {
    const status = statusOf(
      user,
      template,
      templates.slice(0, i),
      taps.results[template.templateId] ?? 'reject',
    );
    settle(world, user, template, { status, always: taps.always ?? false, ...(device && { device }) });
    return [template.templateId, status] as const;
  });
  tellPopup(world, user.openid, statuses, keptBefore);
  return { ...Object.fromEntries(statuses), errMsg: `${call}:ok` };
}

function popupFailure(
  world: World,
  user: User,
  ids: readonly string[],
  baseLibrary?: string,
): number | undefined {
  if (ids.length === 0) return 10001;
  if (world.switches.accountBanned) return 20005;
  if (!user.mainSwitch) return 20004;
  if (ids.length > maxTemplates(baseLibrary)) return 20003;
  if (ids.some((id) => !world.templates.has(id))) return 20001;
  if (ids.some((id) => world.templates.get(id)?.kind === 'device')) return 20013;
  return new Set(ids.map((id) => world.templates.get(id)?.kind === 'one-time')).size > 1 ? 20002 : undefined;
}

const MOST_DEVICE_TEMPLATES = 3;

function devicePopupFailure(
  world: World,
  user: User,
  ids: readonly string[],
  { modelId }: Device,
): number | undefined {
  if (ids.length === 0) return 10001;
  if (world.switches.accountBanned) return 20005;
  if (!user.mainSwitch) return 20004;
  if (ids.length > MOST_DEVICE_TEMPLATES) return 20003;
  if (ids.some((id) => !world.templates.has(id))) return 19720728;
  return ids.some((id) => world.templates.get(id)?.modelId !== modelId) ? 19720736 : undefined;
}

function maxTemplates(baseLibrary = '3.12.1'): number {
  const [major = 0, minor = 0, patch = 0] = baseLibrary.split('.').map(Number);
  return major * 1e6 + minor * 1e3 + patch >= 3_012_001 ? 5 : 3;
}

function statusOf(
  user: User,
  template: Template,
  before: readonly Template[],
  tapped: PopupStatus,
): PopupStatus {
  if (template.banned) return 'ban';
  if (before.some(({ title }) => title === template.title)) return 'filter';
  return user.kept.get(template.templateId) ?? tapped;
}

interface Choice {
  readonly status: PopupStatus;
  readonly always: boolean;
  readonly device?: Device;
}

function settle(world: World, user: User, template: Template, { status, always, device }: Choice): void {
  if (status === 'ban' || status === 'filter') return;
  if (status !== 'reject') world.ledger.accept(user.openid, template, device);
  if (!always) return;
  if (status === 'reject') turnOff(world, user, template.templateId);
  else user.kept.set(template.templateId, status);
}
