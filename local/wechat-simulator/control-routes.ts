import * as v from 'valibot';
import { CALL_NAMES } from './calls.ts';
import type { Controls } from './controls.ts';
import { durationMs, misbehaviourSchema } from './faults.ts';
import { POPUP_STATUSES } from './phone.ts';
import { switchChangesSchema } from './switches.ts';
import { templateSchema } from './templates.ts';

/** What only the running server can do. */
export interface ServerControls {
  /** Connections are refused for `ms`, those of the control API too. */
  refuseConnections(ms: number): void;
  /** Back to the beginning: users, templates, tokens, grants, faults, switches, received. */
  reset(): void;
}

/** One route under `/_control`. `run` parses its input and throws when it is bad. */
export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** One line for the listing. */
  readonly does: string;
  run(controls: Controls & ServerControls, input: unknown): unknown;
}

const openid = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, 'Use 1-64 letters, digits, "_" or "-".'));
const ids = v.array(v.string());
const wholeNumber = v.pipe(v.string(), v.regex(/^\d+$/, 'Give a whole number.'), v.transform(Number));
const nothing = v.strictObject({});

const userSchema = v.strictObject({
  openid: v.exactOptional(openid),
  unionid: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  blocked: v.exactOptional(v.boolean()),
  count: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))),
});

const tapsSchema = v.strictObject({
  openid: v.string(),
  results: v.record(v.string(), v.picklist(POPUP_STATUSES)),
  always: v.exactOptional(v.boolean()),
  baseLibrary: v.exactOptional(
    v.pipe(v.string(), v.regex(/^\d+\.\d+\.\d+$/, 'Give a version such as 3.12.1.')),
  ),
});

const settingChangesSchema = v.strictObject({
  openid: v.string(),
  mainSwitch: v.exactOptional(v.boolean()),
  templateOff: v.exactOptional(ids),
  templateOn: v.exactOptional(ids),
  askAgain: v.exactOptional(ids),
});

const latencySchema = v.strictObject({
  ms: durationMs,
  jitterMs: v.exactOptional(durationMs),
});

const receivedSchema = v.strictObject({
  call: v.exactOptional(v.picklist([...CALL_NAMES, 'unknown'])),
  openid: v.exactOptional(v.string()),
  templateId: v.exactOptional(v.string()),
  after: v.exactOptional(wholeNumber),
  limit: v.exactOptional(wholeNumber),
});

const pairSchema = v.strictObject({
  openid: v.exactOptional(v.string()),
  templateId: v.exactOptional(v.string()),
});

/** All routes but the listing itself. Input is the JSON body of a POST, the query of a GET or DELETE. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [
  route('GET', '/_control/users', 'list the users', nothing, (c) => ({ items: c.users() })),
  route(
    'POST',
    '/_control/users',
    'create or change a user {openid?, unionid?, blocked?}, or create many {count}; answers {openids}',
    userSchema,
    (c, { count, ...user }) => ({
      openids: count === undefined ? [c.createUser(user)] : c.createUsers(count),
    }),
  ),
  route(
    'POST',
    '/_control/login',
    'wx.login {openid}; answers {code}',
    v.strictObject({ openid }),
    (c, input) => ({
      code: c.login(input.openid),
    }),
  ),
  route(
    'POST',
    '/_control/subscribe',
    'wx.requestSubscribeMessage {openid, results: {templateId: status}, always?, baseLibrary?}; answers what success or fail gets',
    tapsSchema,
    (c, taps) => c.subscribe(taps),
  ),
  route(
    'GET',
    '/_control/settings',
    'subscriptionsSetting of wx.getSetting; ?openid=',
    v.strictObject({ openid }),
    (c, q) => c.settings(q.openid),
  ),
  route(
    'POST',
    '/_control/settings',
    'the settings page {openid, mainSwitch?, templateOff?: [id], templateOn?: [id], askAgain?: [id]}',
    settingChangesSchema,
    (c, changes) => c.changeSettings(changes),
  ),
  route('GET', '/_control/templates', 'list the templates', nothing, (c) => ({ items: c.templates() })),
  route(
    'POST',
    '/_control/templates',
    'add or replace {templates: [{templateId, title, kind, keywords: [{key, label, example, values?}], banned?}]}',
    v.strictObject({ templates: v.array(templateSchema) }),
    (c, input) => {
      c.addTemplates(input.templates);
      return { items: c.templates() };
    },
  ),
  route(
    'DELETE',
    '/_control/templates',
    'delete one; ?templateId=',
    v.strictObject({ templateId: v.string() }),
    (c, q) => {
      c.removeTemplate(q.templateId);
      return { items: c.templates() };
    },
  ),
  route('GET', '/_control/faults', 'list the faults still to strike', nothing, (c) => ({
    items: c.faults(),
  })),
  route(
    'POST',
    '/_control/faults',
    'misbehave {call, kind, times?, openid?, templateId?, chance?, afterAccept?, errcode?, errmsg?, ms?}, or {kind: "refuse-connection", ms}',
    misbehaviourSchema,
    (c, fault) => {
      if (fault.kind === 'refuse-connection') c.refuseConnections(fault.ms);
      else c.addFault(fault);
      return { items: c.faults() };
    },
  ),
  route('DELETE', '/_control/faults', 'forget all faults', nothing, (c) => {
    c.clearFaults();
    return { items: c.faults() };
  }),
  route(
    'POST',
    '/_control/latency',
    'time that every call takes {ms, jitterMs?}',
    latencySchema,
    (c, latency) => {
      c.setLatency(latency);
      return c.switches();
    },
  ),
  route('GET', '/_control/switches', 'the switches', nothing, (c) => c.switches()),
  route('POST', '/_control/switches', 'change any switch; answers all', switchChangesSchema, (c, changes) =>
    c.setSwitches(changes),
  ),
  route(
    'GET',
    '/_control/received',
    'requests that arrived, oldest first, and counts; ?call= ?openid= ?templateId= ?after= ?limit=',
    receivedSchema,
    (c, filter) => c.received(filter),
  ),
  route('GET', '/_control/ledger', "WeChat's own grants; ?openid= ?templateId=", pairSchema, (c, filter) => ({
    items: c.ledger(filter),
  })),
  route('POST', '/_control/reset', 'back to the beginning', nothing, (c) => {
    c.reset();
    return {};
  }),
];

function route<S extends v.GenericSchema>(
  method: ControlRoute['method'],
  path: string,
  does: string,
  schema: S,
  act: (controls: Controls & ServerControls, input: v.InferOutput<S>) => unknown,
): ControlRoute {
  return { method, path, does, run: (controls, input) => act(controls, v.parse(schema, input)) };
}
