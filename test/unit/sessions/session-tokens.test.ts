import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { APP_ID, NOW_MS, SESSION_SECRET, sessionTokens } from '../../support/api-credentials.ts';

const HOUR_MS = 3_600_000;
const key = new TextEncoder().encode(SESSION_SECRET);

/** A token of our own making, right but for what a test changes. */
function forged(claims: Record<string, unknown> = {}, alg = 'HS256') {
  const issuedAt = NOW_MS / 1000;
  return new SignJWT({
    appid: APP_ID,
    sub: 'o-user',
    iss: 'qingniao',
    aud: 'qingniao/api',
    iat: issuedAt,
    exp: issuedAt + 60,
    ...claims,
  })
    .setProtectedHeader({ alg })
    .sign(key);
}

describe('a session token', () => {
  it('of another mini program says which', async () => {
    const { token } = await sessionTokens({ appId: 'wxffffffffffffffff' }).issue('o-user');
    expect(await sessionTokens().verify(token)).toMatchObject({ appid: 'wxffffffffffffffff' });
  });

  it('speaks for the openid and appid that it was issued for', async () => {
    const { token } = await sessionTokens().issue('o-user');
    expect(await sessionTokens().verify(token)).toEqual({ appid: APP_ID, openid: 'o-user' });
  });

  it('carries appid, openid and its times, and nothing else', async () => {
    const { token } = await sessionTokens().issue('o-user');
    expect(decodeJwt(token)).toEqual({
      appid: APP_ID,
      sub: 'o-user',
      iss: 'qingniao',
      aud: 'qingniao/api',
      iat: NOW_MS / 1000,
      exp: NOW_MS / 1000 + 168 * 3600,
    });
  });

  it('ends when it says: valid to the last second, not at its end', async () => {
    const { token, expiresAtMs } = await sessionTokens({ ttlHours: 2 }).issue('o-user');
    expect(expiresAtMs).toBe(NOW_MS + 2 * HOUR_MS);
    expect(await sessionTokens({ clock: () => expiresAtMs - 1000 }).verify(token)).toBeDefined();
    expect(await sessionTokens({ clock: () => expiresAtMs }).verify(token)).toBeUndefined();
  });

  it.each([['another secret', { secret: 'another secret that is long enough too' }]])(
    'of %s is refused',
    async (_, other) => {
      const { token } = await sessionTokens(other).issue('o-user');
      expect(await sessionTokens().verify(token)).toBeUndefined();
    },
  );

  it('made by us with the right claims is taken, so that the next tests refuse for the right reason', async () => {
    expect(await sessionTokens().verify(await forged())).toEqual({ appid: APP_ID, openid: 'o-user' });
  });

  it.each([
    ['without a user', { sub: undefined }],
    ['without an appid', { appid: undefined }],
    ['without an end', { exp: undefined }],
    ['without a beginning', { iat: undefined }],
    ['of another issuer', { iss: 'someone' }],
    ['for another audience', { aud: 'someone' }],
    ['whose user is no text', { sub: 7 }],
    ['that begins later', { nbf: NOW_MS / 1000 + 60 }],
  ])('%s is refused', async (_, claims) => {
    expect(await sessionTokens().verify(await forged(claims))).toBeUndefined();
  });

  it.each(['HS384', 'HS512'])('signed by %s is refused: the algorithm is pinned', async (alg) => {
    expect(await sessionTokens().verify(await forged({}, alg))).toBeUndefined();
  });

  it('without a signature is refused', async () => {
    const unsigned = new UnsecuredJWT(decodeJwt(await forged())).encode();
    expect(await sessionTokens().verify(unsigned)).toBeUndefined();
  });

  it.each(['', 'x', 'a.b.c', '..', 'eyJ.eyJ.eyJ'])('that is none is refused: %s', async (text) => {
    expect(await sessionTokens().verify(text)).toBeUndefined();
  });

  it('with one changed claim is refused', async () => {
    const [header, , signature] = (await forged()).split('.');
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(await forged()), sub: 'o-other' })).toString(
      'base64url',
    );
    expect(await sessionTokens().verify(`${header}.${claims}.${signature}`)).toBeUndefined();
  });
});
