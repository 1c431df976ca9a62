import * as v from 'valibot';
import { eraseCursor } from '../../campaigns/erase-recipient.ts';
import { count } from '../../stored-schemas.ts';
import { type EraseServices, eraseUser } from '../../users/erase-user.ts';
import { decodeCursor, encodeCursor, pageQuery } from '../paging.ts';
import { ProblemError } from '../problem.ts';
import { describeRoutes, type Route, route } from '../route.ts';
import { openid } from '../schemas/common.ts';

/** How much of a user was erased. */
export const erasedUser = v.object({
  openid,
  messages: count,
  templates: count,
  cards: v.pipe(count, v.description('Service cards. What WeChat shows of them stays as it is.')),
  places: v.pipe(count, v.description('Places in lists and runs of campaigns.')),
  nextCursor: v.exactOptional(
    v.pipe(v.string(), v.description('Campaigns are left: call again with it as `cursor`.')),
  ),
});

/** The routes of `/v1/users` as data. */
export const userSpecs = describeRoutes({
  eraseUser: {
    route: 'DELETE /v1/users/{openid}',
    summary: 'Erase all that is stored of a user',
    description:
      'Grants, messages, booked or ended, service cards, the marks of what was counted, and their places in lists and runs of campaigns. Booked messages are never sent, and runs that are under way skip them; counts of runs stay as they are. Where `nextCursor` comes along, campaigns are left to be gone over: call again with it until none comes. What the user grants afterwards is stored anew.',
    access: { operator: 'manage' },
    params: v.strictObject({ openid }),
    query: v.strictObject({ cursor: pageQuery.cursor }),
    answers: { 200: { description: 'How much there was', schema: erasedUser } },
    problems: ['already-sending', 'busy'],
  },
});

/** The routes of `/v1/users`. */
export function userRoutes(services: EraseServices): readonly Route[] {
  return [
    route(userSpecs.eraseUser, async ({ params: { openid }, query }) => {
      const result = await eraseUser(services, openid, decodeCursor(eraseCursor, query.cursor));
      if (result.type === 'writing') {
        throw new ProblemError(
          'already-sending',
          'A message to this user is being sent or has just been, or an answer of theirs is being counted. Nothing was erased; try again in two minutes.',
        );
      }
      const { messages, templates, cards, erasedRecipients, next } = result;
      const nextCursor = next && encodeCursor(next);
      return {
        status: 200,
        body: {
          openid,
          messages,
          templates,
          cards,
          places: erasedRecipients,
          ...(nextCursor && { nextCursor }),
        },
      };
    }),
  ];
}
