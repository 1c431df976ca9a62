import type { Clock, Random } from '../../lib/clock.ts';
import { type Controls, createControls } from './controls.ts';
import type { PushAccount } from './events/courier.ts';
import type { CallbackClient } from './events/post-delivery.ts';
import { sampleApp } from './samples.ts';
import { DEFAULT_SWITCHES, mergeSwitches, type SwitchChanges } from './switches.ts';
import type { Template } from './templates.ts';
import type { Wait } from './wait.ts';
import { createWorld, type World } from './world.ts';

/** How an app begins; everything has a default, which differs from app to app. */
export interface AppOptions {
  readonly appId?: string;
  readonly appSecret?: string;
  /** Default: the samples, under ids of their own in each app. */
  readonly templates?: readonly Template[];
  /** Users that exist from the beginning; several apps may have the same. Default: the samples. */
  readonly openids?: readonly string[];
  readonly switches?: SwitchChanges;
}

/** One mini program at the simulated WeChat: its own users, templates, tokens, quotas, grants, faults and callback. */
export interface SimulatedApp extends Controls {
  readonly appId: string;
  readonly appSecret: string;
  /** Back to its beginning: users, templates, tokens, grants, faults, switches, received, deliveries. The callback stays. */
  reset(): void;
}

/** An app as the server holds it. */
export interface OpenApp {
  readonly app: SimulatedApp;
  /** What it knows at present. */
  world(): World;
  /** Nothing is pushed any more. */
  close(): void;
}

/** What the apps of one server have in common. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly wait: Wait;
  readonly receivedCapacity: number;
  readonly callbackClient: CallbackClient;
}

/** Opens the app that is the server's `number`th, counted from 1. @throws v.ValiError for bad switches */
export function openApp(options: AppOptions, number: number, surroundings: Surroundings): OpenApp {
  const sample = sampleApp(number);
  // What the admin has set stays when the world begins anew.
  const pushAccount: PushAccount = {};
  const beginning = {
    ...surroundings,
    appId: options.appId ?? sample.appId,
    appSecret: options.appSecret ?? sample.appSecret,
    templates: options.templates ?? sample.templates,
    openids: options.openids ?? sample.openids,
    switches: mergeSwitches(DEFAULT_SWITCHES, options.switches ?? {}),
    pushAccount,
  };
  let world = createWorld(beginning);
  const close = () => world.pusher.courier.close();
  return {
    app: {
      ...createControls(() => world, pushAccount),
      appId: beginning.appId,
      appSecret: beginning.appSecret,
      reset: () => {
        close();
        world = createWorld(beginning);
      },
    },
    world: () => world,
    close,
  };
}
