import type { Schemas } from '../../api/client.ts';

/** How many messages a grant is good for, or whether the user is subscribed, where there is no number. */
export function availableOf(
  { available, subscribed }: Schemas['Grant'],
  t: { readonly subscribed: string; readonly notSubscribed: string },
): number | string {
  return available ?? (subscribed ? t.subscribed : t.notSubscribed);
}
