import { createRequire } from 'node:module';
import { join } from 'node:path';
import { inject } from 'vitest';
import type * as cardCode from '../../miniprogram/src/card-code.ts';
import type * as index from '../../miniprogram/src/index.ts';
import type * as standIn from '../../miniprogram/src/stand-in.ts';
import type * as subscribeAfter from '../../miniprogram/src/subscribe-after.ts';
import type * as subscribeDevice from '../../miniprogram/src/subscribe-device.ts';
import type * as subscribePlan from '../../miniprogram/src/subscribe-plan.ts';

/** Requires the package by its name, as a mini program does: what is tested is what is installed. */
export const requireInstalled: (name: string) => unknown = createRequire(
  join(inject('installed').sample, 'app.js'),
);

const NAME = '@qingniao/miniprogram';

export const { createQingniao, isServiceError, ownBackend, ownDomain } = requireInstalled(
  NAME,
) as typeof index;
export const { cardCodeOf } = requireInstalled(`${NAME}/card-code`) as typeof cardCode;
export const { modalStandIn } = requireInstalled(`${NAME}/stand-in`) as typeof standIn;
export const { createSubscribeDevice } = requireInstalled(
  `${NAME}/subscribe-device`,
) as typeof subscribeDevice;
export const { createSubscribeAfter } = requireInstalled(`${NAME}/subscribe-after`) as typeof subscribeAfter;
export const { createSubscribePlan } = requireInstalled(`${NAME}/subscribe-plan`) as typeof subscribePlan;
