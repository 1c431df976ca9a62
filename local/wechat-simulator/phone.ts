import { ControlError } from './control-error.ts';
import { tellChange, tellPopup } from './events/tell.ts';
import type { Template } from './templates.ts';
import { createSessionKey, type KeptChoice, type User } from './users.ts';
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

/** What `wx.requestSubscribeMessage` hands to `success` or to `fail`. */
export type PopupAnswer =
  | ({ readonly errMsg: 'requestSubscribeMessage:ok' } & Readonly<Record<string, string>>)
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

/** What the user changes on the settings page. */
export interface SettingChanges {
  readonly openid: string;
  readonly mainSwitch?: boolean;
  readonly templateOff?: readonly string[];
  readonly templateOn?: readonly string[];
  /** Templates whose kept choice is forgotten, so that the popup comes again. */
  readonly askAgain?: readonly string[];
}

/** `subscriptionsSetting` of `wx.getSetting`: only kept templates are itemised (WeChat contract §7.2). */
export interface SubscriptionsSetting {
  readonly mainSwitch: boolean;
  readonly itemSettings?: Readonly<Record<string, KeptChoice | 'ban'>>;
}

const FAILURES: Readonly<Record<number, string>> = {
  10001: "TmplIds can't be empty",
  20001: 'No template data return, verify the template id exist',
  20002: 'Templates type must be same',
  20003: 'Templates count out of max bounds',
  20004: 'The main switch is switched off',
  20005: 'This mini program was banned from subscribing messages',
};

/** `wx.login`: a new code, and a new session_key with it (WeChat contract §1.1). */
export function login(world: World, openid: string): string {
  const user = userOf(world, openid);
  user.sessionKey = createSessionKey();
  return world.codes.issue(openid);
}

/** `wx.requestSubscribeMessage`: each accept adds a grant, a kept choice is answered without asking (§7.1, §7.2). */
export function subscribe(world: World, taps: PopupTaps): PopupAnswer {
  const user = userOf(world, taps.openid);
  const ids = Object.keys(taps.results);
  const failure = popupFailure(world, user, ids, taps.baseLibrary);
  if (failure !== undefined) {
    return { errMsg: `requestSubscribeMessage:fail ${FAILURES[failure]}`, errCode: failure };
  }
  const templates = ids.flatMap((id) => world.templates.get(id) ?? []);
  const keptBefore = new Set(user.kept.keys());
  const statuses = templates.map((template, i) => {
    const status = statusOf(
      user,
      template,
      templates.slice(0, i),
      taps.results[template.templateId] ?? 'reject',
    );
    settle(world, user, template, status, taps.always ?? false);
    return [template.templateId, status] as const;
  });
  tellPopup(world, user.openid, statuses, keptBefore);
  return { ...Object.fromEntries(statuses), errMsg: 'requestSubscribeMessage:ok' };
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
  return new Set(ids.map((id) => world.templates.get(id)?.kind)).size > 1 ? 20002 : undefined;
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

function settle(world: World, user: User, template: Template, status: PopupStatus, always: boolean): void {
  if (status === 'ban' || status === 'filter') return;
  if (status !== 'reject') world.ledger.accept(user.openid, template);
  if (!always) return;
  if (status === 'reject') turnOff(world, user, template.templateId);
  else user.kept.set(template.templateId, status);
}

/** The settings page. Turning a template on again does not subscribe: only the next accept does. */
export function changeSettings(world: World, changes: SettingChanges): SubscriptionsSetting {
  const user = userOf(world, changes.openid);
  for (const list of ['templateOff', 'templateOn', 'askAgain'] as const) {
    const unknown = changes[list]?.find((id) => !world.templates.has(id));
    if (unknown !== undefined)
      throw new ControlError(list, `There is no template ${unknown}: create it first.`);
  }
  if (changes.mainSwitch !== undefined) user.mainSwitch = changes.mainSwitch;
  const turnedOff = (changes.templateOff ?? []).filter((id) => user.kept.get(id) !== 'reject');
  for (const id of changes.templateOff ?? []) turnOff(world, user, id);
  for (const id of changes.templateOn ?? []) user.kept.set(id, 'accept');
  for (const id of changes.askAgain ?? []) user.kept.delete(id);
  tellChange(world, user.openid, turnedOff);
  return readSettings(world, changes.openid);
}

/** `wx.getSetting({withSubscriptions: true})`. */
export function readSettings(world: World, openid: string): SubscriptionsSetting {
  const { mainSwitch, kept } = userOf(world, openid);
  const items = [...kept].map(
    ([id, choice]) => [id, world.templates.get(id)?.banned ? 'ban' : choice] as const,
  );
  return { mainSwitch, ...(items.length > 0 && { itemSettings: Object.fromEntries(items) }) };
}

function turnOff(world: World, user: User, templateId: string): void {
  user.kept.set(templateId, 'reject');
  if (!world.switches.grantsSurviveOff) world.ledger.drop(user.openid, templateId);
}

function userOf(world: World, openid: string): User {
  const user = world.users.get(openid);
  if (!user)
    throw new ControlError('openid', `There is no user ${openid}: create it by POST /_control/users.`);
  return user;
}
