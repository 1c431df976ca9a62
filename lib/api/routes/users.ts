import * as v from 'valibot';
import type { EraseResult } from '../../users/erase-user.ts';
import { ProblemError } from '../problem.ts';
import { type Route, route, routeSpec } from '../route.ts';
import { openid } from '../schemas/ids.ts';

/** What these routes do their work with. */
export interface UserRouteServices {
  readonly erase: (openid: string) => Promise<EraseResult>;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** The form of `DELETE /v1/users/{openid}`. */
export const eraseUserSpec = routeSpec({
  method: 'DELETE',
  path: '/v1/users/{openid}',
  operationId: 'eraseUser',
  summary: 'Erase all that is stored of a user',
  description:
    'Grants, messages, booked or ended, and the marks of what was counted. Booked messages are never sent. What the user grants afterwards is stored anew. Runs of campaigns keep their lists of recipients until they expire.',
  access: { operator: 'manage' },
  params: v.strictObject({ openid }),
  answers: {
    200: {
      description: 'How much there was',
      schema: v.object({ openid, messages: count, templates: count }),
    },
  },
  problems: ['already-sending', 'busy'],
});

/** The routes of `/v1/users`. */
export function userRoutes({ erase }: UserRouteServices): readonly Route[] {
  return [
    route(eraseUserSpec, async ({ params }) => {
      const result = await erase(params.openid);
      if (result.type === 'sending') {
        throw new ProblemError(
          'already-sending',
          'A message to this user is being sent. Nothing was erased; try again in a minute.',
        );
      }
      const { messages, templates } = result;
      return { status: 200, body: { openid: params.openid, messages, templates } };
    }),
  ];
}
