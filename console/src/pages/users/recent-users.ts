import * as v from 'valibot';

/*
 * The openids that were looked at. They are users' data, so that they stay in the tab and go when it signs out.
 */
const STORED_AS = 'qingniao.users';
const MOST = 8;

const list = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

/** The users that were looked at last, the latest first. */
export function recentUsers(): readonly string[] {
  const parsed = v.safeParse(list, sessionStorage.getItem(STORED_AS));
  return parsed.success ? parsed.output : [];
}

/** Remembers that a user was looked at. */
export function rememberUser(openid: string): void {
  const others = recentUsers().filter((one) => one !== openid);
  sessionStorage.setItem(STORED_AS, JSON.stringify([openid, ...others].slice(0, MOST)));
}

/** Forgets a user who was erased. */
export function forgetUser(openid: string): void {
  sessionStorage.setItem(STORED_AS, JSON.stringify(recentUsers().filter((one) => one !== openid)));
}
