import { errors, jwtVerify, SignJWT } from 'jose';
import * as v from 'valibot';
import type { Clock } from '../clock.ts';

/** A signed token and its end. */
export interface IssuedSession {
  readonly token: string;
  readonly expiresAtMs: number;
}

interface SessionUser {
  readonly appid: string;
  readonly openid: string;
}

/** Issues and checks the tokens that phones call with. */
export interface SessionTokens {
  issue(user: SessionUser): Promise<IssuedSession>;
  /** Undefined for whatever is not a current token of this service. */
  verify(token: string): Promise<SessionUser | undefined>;
}

interface SessionTokenOptions {
  /** At least 32 bytes, the strength of the signature. */
  readonly secret: string;
  readonly ttlHours: number;
  readonly clock: Clock;
}

/** Pinned, so that no token can choose a weaker one. */
const ALGORITHM = 'HS256';
const ISSUER = 'qingniao';
const AUDIENCE = 'qingniao/api';

const claimsSchema = v.object({ sub: v.string(), appid: v.string() });

/** Session tokens: JWTs with the appid and openid, and nothing that WeChat gave in confidence. */
export function createSessionTokens({ secret, ttlHours, clock }: SessionTokenOptions): SessionTokens {
  const key = new TextEncoder().encode(secret);
  const ttlSeconds = ttlHours * 3600;
  return {
    async issue({ appid, openid }) {
      const issuedAt = Math.floor(clock() / 1000);
      const token = await new SignJWT({ appid })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setSubject(openid)
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ttlSeconds)
        .sign(key);
      return { token, expiresAtMs: (issuedAt + ttlSeconds) * 1000 };
    },

    async verify(token) {
      const claims = await verifiedClaims(token, key, clock());
      const user = v.safeParse(claimsSchema, claims);
      return user.success ? { appid: user.output.appid, openid: user.output.sub } : undefined;
    },
  };
}

async function verifiedClaims(token: string, key: Uint8Array, nowMs: number): Promise<unknown> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'iat', 'exp'],
      currentDate: new Date(nowMs),
    });
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}
