import type { CardChanges, CardCode, SimulatedCard } from './cards.ts';
import { ControlError } from './control-error.ts';
import type { Device } from './devices.ts';
import type { PushAccount } from './events/courier.ts';
import { createPushControls, type PushControls } from './events/push-controls.ts';
import type { Fault, PendingFault } from './faults.ts';
import type { GrantEntry } from './grant-ledger.ts';
import {
  type DeviceTaps,
  login,
  type PopupAnswer,
  type PopupTaps,
  subscribe,
  subscribeDevice,
} from './phone.ts';
import type { ReceivedFilter, ReceivedReport } from './received-requests.ts';
import {
  changeSettings,
  readSettings,
  type SettingChanges,
  type SubscriptionsSetting,
} from './settings-page.ts';
import { mergeSwitches, type SwitchChanges, type Switches } from './switches.ts';
import type { Template } from './templates.ts';
import { createOpenid } from './users.ts';
import type { World } from './world.ts';

/** What a new user may be told to be, or what an existing one becomes. */
interface UserChanges {
  /** A new one is invented when absent. */
  readonly openid?: string;
  readonly unionid?: string;
  /** High-risk: logins draw 40226. */
  readonly blocked?: boolean;
}

/** One user as listed; the session_key stays inside. */
interface ListedUser {
  readonly openid: string;
  readonly unionid?: string;
  readonly blocked: boolean;
}

/** What a test or a person can do to the simulated WeChat. `/_control` offers the same over HTTP. */
export interface Controls extends PushControls {
  /** Creates or changes a user and answers the openid. */
  createUser(changes?: UserChanges): string;
  /** Creates that many users with invented openids. */
  createUsers(count: number): readonly string[];
  users(): readonly ListedUser[];
  /** What `wx.login` gives the phone: a code. @throws ControlError for an unknown openid. */
  login(openid: string): string;
  /** What `wx.requestSubscribeMessage` gives the phone. @throws ControlError for an unknown openid. */
  subscribe(taps: PopupTaps): PopupAnswer;
  /** What `wx.requestSubscribeDeviceMessage` gives the phone. @throws ControlError for an unknown openid. */
  subscribeDevice(taps: DeviceTaps): PopupAnswer;
  /** What the owner's server gets from `/wxa/getsnticket`, for whatever device. */
  deviceTicket(device: Device): string;
  /** `subscriptionsSetting` of `wx.getSetting`. @throws ControlError for an unknown openid. */
  settings(openid: string): SubscriptionsSetting;
  changeSettings(changes: SettingChanges): SubscriptionsSetting;
  templates(): readonly Template[];
  /** Adds templates, or replaces those of the same id. */
  addTemplates(templates: readonly Template[]): void;
  /** @throws ControlError when there is none of that id. */
  removeTemplate(templateId: string): void;
  /** A code for a service card: of a tap, or of a pay order. @throws ControlError for a kind without a button */
  cardCode(code: CardCode): string;
  cards(openid?: string): readonly SimulatedCard[];
  /** @throws ControlError for an unknown code */
  changeCard(changes: CardChanges): SimulatedCard;
  addFault(fault: Fault): void;
  faults(): readonly PendingFault[];
  clearFaults(): void;
  /** Time that every call takes: `ms` plus a random part up to `jitterMs`. */
  setLatency(latency: { readonly ms: number; readonly jitterMs?: number }): void;
  switches(): Switches;
  setSwitches(changes: SwitchChanges): Switches;
  /** The requests that arrived, oldest first, and counts of all. */
  received(filter?: ReceivedFilter): ReceivedReport;
  /** WeChat's own grants. */
  ledger(filter?: { openid?: string | undefined; templateId?: string | undefined }): readonly GrantEntry[];
}

/** Controls over whichever world is the present one. */
export function createControls(world: () => World, pushAccount: PushAccount): Controls {
  return {
    ...createPushControls(world, pushAccount),
    createUser: (changes = {}) => createUser(world(), changes),
    createUsers: (count) => Array.from({ length: count }, () => createUser(world(), {})),
    users: () => world().users.all().map(listed),
    login: (openid) => login(world(), openid),
    subscribe: (taps) => subscribe(world(), taps),
    subscribeDevice: (taps) => subscribeDevice(world(), taps),
    deviceTicket: (device) => world().deviceTickets.issue(device),
    settings: (openid) => readSettings(world(), openid),
    changeSettings: (changes) => changeSettings(world(), changes),
    templates: () => [...world().templates.values()],
    addTemplates: (templates) => {
      for (const template of templates) world().templates.set(template.templateId, template);
    },
    removeTemplate: (templateId) => {
      if (!world().templates.delete(templateId)) {
        throw new ControlError(
          'templateId',
          `There is no template ${templateId}: see GET /_control/templates.`,
        );
      }
    },
    cardCode: (code) => world().cards.issue(code).code,
    cards: (openid) => world().cards.list(openid),
    changeCard: (changes) => world().cards.change(changes),
    addFault: (fault) => world().faults.add(fault),
    faults: () => world().faults.list(),
    clearFaults: () => world().faults.clear(),
    setLatency: ({ ms, jitterMs = 0 }) => {
      setSwitches(world(), { latencyMs: ms, latencyJitterMs: jitterMs });
    },
    switches: () => world().switches,
    setSwitches: (changes) => setSwitches(world(), changes),
    received: (filter) => world().received.report(filter),
    ledger: (filter) => world().ledger.list(filter),
  };
}

function createUser(world: World, changes: UserChanges): string {
  const user = world.users.ensure(changes.openid ?? createOpenid());
  if (changes.unionid !== undefined) user.unionid = changes.unionid;
  if (changes.blocked !== undefined) user.blocked = changes.blocked;
  return user.openid;
}

function listed({ openid, unionid, blocked }: ListedUser): ListedUser {
  return { openid, ...(unionid !== undefined && { unionid }), blocked };
}

function setSwitches(world: World, changes: SwitchChanges): Switches {
  world.switches = mergeSwitches(world.switches, changes);
  return world.switches;
}
