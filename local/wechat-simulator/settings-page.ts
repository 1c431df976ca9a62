import { ControlError } from './control-error.ts';
import { tellChange } from './events/tell.ts';
import type { KeptChoice, User } from './users.ts';
import type { World } from './world.ts';

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

/** The settings page. Turning a template on again does not subscribe: only the next accept does. */
export function changeSettings(world: World, changes: SettingChanges): SubscriptionsSetting {
  const user = world.users.known(changes.openid);
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
  const { mainSwitch, kept } = world.users.known(openid);
  const items = [...kept].map(
    ([id, choice]) => [id, world.templates.get(id)?.banned ? 'ban' : choice] as const,
  );
  return { mainSwitch, ...(items.length > 0 && { itemSettings: Object.fromEntries(items) }) };
}

/** Turns a template off, which ends its grants. */
export function turnOff(world: World, user: User, templateId: string): void {
  user.kept.set(templateId, 'reject');
  if (!world.switches.grantsSurviveOff) world.ledger.drop(user.openid, templateId);
}
