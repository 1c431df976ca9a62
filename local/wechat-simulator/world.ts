import type { Clock, Random } from '../../lib/clock.ts';
import { AccessTokens } from './access-tokens.ts';
import { createRefusals, type Refusals } from './answers.ts';
import { Cards } from './cards.ts';
import { DeviceTickets } from './devices.ts';
import type { PushAccount } from './events/courier.ts';
import type { CallbackClient } from './events/post-delivery.ts';
import { Pusher } from './events/pusher.ts';
import { Faults } from './faults.ts';
import { GrantLedger } from './grant-ledger.ts';
import { LoginCodes } from './login-codes.ts';
import { Quotas } from './quotas.ts';
import { ReceivedRequests } from './received-requests.ts';
import { SendRates } from './send-rates.ts';
import type { Switches } from './switches.ts';
import type { Template } from './templates.ts';
import { Users } from './users.ts';
import type { Wait } from './wait.ts';

/** The number from which msgids count up: above 2^53, so that `JSON.parse` would spoil it. */
const FIRST_MSGID = 3_248_682_510_344_192_008n;

/** How a world begins. */
export interface Beginning {
  readonly clock: Clock;
  readonly random: Random;
  readonly appId: string;
  readonly appSecret: string;
  readonly templates: readonly Template[];
  readonly openids: readonly string[];
  readonly switches: Switches;
  /** How many requests and how many deliveries stay listed. */
  readonly receivedCapacity: number;
  readonly wait: Wait;
  readonly pushAccount: PushAccount;
  readonly callbackClient: CallbackClient;
}

/** Everything that the simulated WeChat knows of one app: its users, tokens, grants and templates. */
export interface World extends Refusals {
  readonly clock: Clock;
  readonly random: Random;
  readonly appId: string;
  readonly appSecret: string;
  switches: Switches;
  readonly users: Users;
  readonly codes: LoginCodes;
  readonly tokens: AccessTokens;
  readonly quotas: Quotas;
  readonly templates: Map<string, Template>;
  /** The templates of service cards that the account has: their ids by their tids. */
  readonly cardTemplates: Map<string, string>;
  readonly ledger: GrantLedger;
  readonly rates: SendRates;
  readonly deviceTickets: DeviceTickets;
  readonly cards: Cards;
  /** Openids to which a send is under way (43108, WeChat contract §3.3). */
  readonly sendsUnderWay: Set<string>;
  readonly faults: Faults;
  readonly received: ReceivedRequests;
  readonly pusher: Pusher;
  nextMsgid(): string;
}

/** A fresh world in which nothing has happened yet. */
export function createWorld(beginning: Beginning): World {
  const { clock, random, appId, appSecret, switches } = beginning;
  const users = new Users();
  for (const openid of beginning.openids) users.ensure(openid);
  let msgid = FIRST_MSGID;
  const world: World = {
    ...createRefusals(clock),
    clock,
    random,
    appId,
    appSecret,
    switches,
    users,
    codes: new LoginCodes(clock),
    tokens: new AccessTokens(clock),
    quotas: new Quotas(clock),
    cardTemplates: new Map(),
    templates: new Map(beginning.templates.map((template) => [template.templateId, template])),
    ledger: new GrantLedger(),
    rates: new SendRates(clock),
    deviceTickets: new DeviceTickets(clock),
    cards: new Cards(clock),
    sendsUnderWay: new Set(),
    faults: new Faults(random),
    received: new ReceivedRequests(clock, beginning.receivedCapacity),
    pusher: new Pusher({
      clock,
      random,
      appId,
      wait: beginning.wait,
      account: beginning.pushAccount,
      client: beginning.callbackClient,
      switches: () => world.switches,
      capacity: beginning.receivedCapacity,
    }),
    nextMsgid: () => String(msgid++),
  };
  return world;
}
