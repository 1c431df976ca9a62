import { CARD_ROUTES } from './card-routes.ts';
import {
  appOptionsSchema,
  deviceSchema,
  deviceTapsSchema,
  latencySchema,
  nothing,
  openidSchema,
  pairSchema,
  receivedSchema,
  settingChangesSchema,
  tapsSchema,
  templateIdSchema,
  templatesSchema,
  userSchema,
} from './control-inputs.ts';
import { type ControlRoute, route, serverRoute, whichAppSchema } from './control-route.ts';
import { PUSH_ROUTES } from './events/push-routes.ts';
import { misbehaviourSchema } from './faults.ts';
import { switchChangesSchema } from './switches.ts';

/** All routes but the listing itself. Input is the JSON body of a POST, the query of a GET or DELETE. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [
  serverRoute('GET', '/_control/apps', 'list the apps, the first one first', nothing, (server) => ({
    items: server.apps().map(({ appId }) => ({ appid: appId })),
  })),
  serverRoute(
    'POST',
    '/_control/apps',
    'one more app {appid?, secret?, templates?, openids?, switches?}; answers {appid, secret}',
    appOptionsSchema,
    (server, { appid, secret, ...options }) => {
      const app = server.addApp({
        ...options,
        ...(appid !== undefined && { appId: appid }),
        ...(secret !== undefined && { appSecret: secret }),
      });
      return { appid: app.appId, secret: app.appSecret };
    },
  ),
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
  route('POST', '/_control/login', 'wx.login {openid}; answers {code}', openidSchema, (c, input) => ({
    code: c.login(input.openid),
  })),
  route(
    'POST',
    '/_control/subscribe',
    'wx.requestSubscribeMessage {openid, results: {templateId: status}, always?, baseLibrary?}; answers what success or fail gets',
    tapsSchema,
    (c, taps) => c.subscribe(taps),
  ),
  route(
    'POST',
    '/_control/device-ticket',
    'what a server gets from /wxa/getsnticket {sn, modelId}; answers {snTicket}',
    deviceSchema,
    (c, device) => ({ snTicket: c.deviceTicket(device) }),
  ),
  route(
    'POST',
    '/_control/subscribe-device',
    'wx.requestSubscribeDeviceMessage {openid, results: {templateId: status}, sn, snTicket, modelId, always?}; answers what success or fail gets',
    deviceTapsSchema,
    (c, taps) => c.subscribeDevice(taps),
  ),
  route(
    'GET',
    '/_control/settings',
    'subscriptionsSetting of wx.getSetting; ?openid=',
    openidSchema,
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
    'add or replace {templates: [{templateId, title, kind, keywords: [{key, label, example, values?}], rate?: {key, every, times?}, modelId?, banned?}]}',
    templatesSchema,
    (c, input) => {
      c.addTemplates(input.templates);
      return { items: c.templates() };
    },
  ),
  route('DELETE', '/_control/templates', 'delete one; ?templateId=', templateIdSchema, (c, q) => {
    c.removeTemplate(q.templateId);
    return { items: c.templates() };
  }),
  route('GET', '/_control/faults', 'list the faults still to strike', nothing, (c) => ({
    items: c.faults(),
  })),
  route(
    'POST',
    '/_control/faults',
    'misbehave {call, kind, times?, openid?, templateId?, chance?, afterAccept?, errcode?, errmsg?, ms?}, or {kind: "refuse-connection", ms}',
    misbehaviourSchema,
    (c, fault, server) => {
      if (fault.kind === 'refuse-connection') server.refuseConnections(fault.ms);
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
  ...CARD_ROUTES,
  ...PUSH_ROUTES,
  serverRoute(
    'POST',
    '/_control/reset',
    'back to the beginning, all apps or the one of {appid?}',
    whichAppSchema,
    (server, { appid }) => {
      if (appid === undefined) server.reset();
      else server.app(appid).reset();
      return {};
    },
  ),
];
