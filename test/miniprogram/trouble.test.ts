import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ApiRequest, Wx } from '../../miniprogram/src/index.ts';
import { Phone, rest } from './phone.ts';

const TEMPLATES = ['a', 'b'];
const problem = (status: number, code: string) => ({ status, body: { code, detail: 'No.' } });

/** What may become of a call: it works, or one of the kinds of trouble that real phones and networks have. */
const troubles = {
  login: ['works', 'works', 'never', 'fails', 'throws', 'no code', 'nothing', 'twice'],
  getSetting: ['works', 'works', 'never', 'fails', 'throws', 'nothing', 'twice'],
  popup: ['works', 'works', 'late', 'twice', 'fails, then works', 'never', 'fails', 'throws', 'nothing'],
  storage: ['works', 'works', 'works', 'throws', 'empty', 'rubbish'],
  send: [
    'works',
    'works',
    'works',
    'lost',
    'never',
    'throws',
    'page',
    'empty',
    'gateway',
    'unpacked',
    'busy',
    'refused',
  ],
  after: ['goes on', 'goes on', 'waits', 'waits', 'is shown', 'is killed'],
} as const;

type Trouble = { [K in keyof typeof troubles]: (typeof troubles)[K][number] };

const trouble: fc.Arbitrary<Trouble> = fc.record({
  login: fc.constantFrom(...troubles.login),
  getSetting: fc.constantFrom(...troubles.getSetting),
  popup: fc.constantFrom(...troubles.popup),
  storage: fc.constantFrom(...troubles.storage),
  send: fc.constantFrom(...troubles.send),
  after: fc.constantFrom(...troubles.after),
});

const WORKS: Trouble = {
  login: 'works',
  getSetting: 'works',
  popup: 'works',
  storage: 'works',
  send: 'works',
  after: 'waits',
};

/** A phone whose calls go as `now` says, and how many accepts its mini program was told of. */
class TroubledPhone extends Phone {
  now = WORKS;
  accepts = 0;
  #life = { alive: false };

  open() {
    const life = { alive: true };
    this.#life = life;
    return this.launch({
      wx: this.#wx(life),
      transport: { sessions: true, send: (request) => this.#send(request, life) },
    });
  }

  end(): void {
    this.#life.alive = false;
    this.kill();
  }

  #wx(life: { alive: boolean }): Wx {
    const real = this.wx(life);
    let lastReadWasBad = false;
    const told = (tap: object, callback: () => void) => {
      if (!life.alive) return;
      if (!this.#counted.has(tap)) this.accepts += 1;
      this.#counted.add(tap);
      callback();
    };
    return {
      ...real,
      login: (options) => {
        const { login } = this.now;
        if (login === 'throws') throw new Error('login:fail');
        if (login === 'fails') options.fail({ errMsg: 'login:fail' });
        else if (login === 'no code') options.success({ errMsg: 'login:ok' } as never);
        else if (login === 'nothing') options.success(undefined as never);
        else if (login !== 'never') real.login(options);
        if (login === 'twice') real.login(options);
      },
      getSetting: (options) => {
        const { getSetting } = this.now;
        if (getSetting === 'throws') throw new Error('getSetting:fail');
        if (getSetting === 'fails') options.fail({ errMsg: 'getSetting:fail' });
        else if (getSetting === 'nothing') options.success(undefined as never);
        else if (getSetting !== 'never') real.getSetting(options);
        if (getSetting === 'twice') real.getSetting(options);
      },
      getStorageSync: (key) => {
        // Now and then: never two bad reads in a row.
        const { storage } = this.now;
        lastReadWasBad = !lastReadWasBad && key.endsWith(':reports') && storage !== 'works';
        if (!lastReadWasBad) return real.getStorageSync(key);
        if (storage === 'throws') throw new Error('getStorageSync:fail');
        return storage === 'empty' ? '' : { errMsg: 'getStorageSync:ok' };
      },
      requestSubscribeMessage: ({ tmplIds, success, fail }) => {
        const { popup } = this.now;
        const tap = {};
        const words = Object.fromEntries(tmplIds.map((id) => [id, 'accept']));
        const answer = () => told(tap, () => success({ errMsg: 'requestSubscribeMessage:ok', ...words }));
        if (popup === 'throws') throw new Error('requestSubscribeMessage:fail');
        if (popup.startsWith('fails')) fail({ errMsg: 'requestSubscribeMessage:fail' });
        if (popup === 'nothing') success(undefined as never);
        if (popup === 'late') this.late.push(answer);
        if (['works', 'twice', 'fails, then works'].includes(popup)) queueMicrotask(answer);
        if (popup === 'twice') queueMicrotask(answer);
      },
    };
  }

  readonly #counted = new Set<object>();
  /** Answers of popups that come after everybody has given them up. */
  readonly late: (() => void)[] = [];

  async #send(request: ApiRequest, life: { alive: boolean }) {
    const never = new Promise<never>(() => undefined);
    switch (this.now.send) {
      case 'never':
        return never;
      case 'throws':
        throw new Error('request:fail');
      case 'lost':
        await this.serve(request, life);
        throw new Error('request:fail timeout');
      case 'page':
        return { status: 200, body: '<html></html>' };
      case 'empty':
        return { status: 204, body: '' };
      case 'gateway':
        return { status: 413, body: { message: 'Request Too Long' } };
      case 'unpacked':
        return { errMsg: 'cloud.callFunction:ok' } as never;
      case 'busy':
        return problem(503, 'busy');
      case 'refused':
        // Of a login; the session of a report.
        return request.path === '/v1/sessions' ? problem(400, 'invalid-body') : problem(401, 'invalid-token');
      default:
        return this.serve(request, life);
    }
  }
}

test('whatever goes wrong, each accept that the mini program was told of counts once, and no call stays pending', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(trouble, { minLength: 1, maxLength: 8 }), async (story) => {
      const phone = new TroubledPhone();
      let qingniao = phone.open();
      for (const now of story) {
        phone.now = now;
        const calls = [
          qingniao.start(),
          qingniao.subscribe(TEMPLATES),
          qingniao.settings(),
          qingniao.remindMe('a', null, {}),
        ];
        const kinds = calls.map((call) =>
          call.then(
            () => 'resolved',
            () => 'rejected',
          ),
        );
        if (now.after === 'is killed') {
          await rest();
          phone.end();
          qingniao = phone.open();
          continue;
        }
        if (now.after === 'is shown') void qingniao.start();
        await phone.pass(now.after === 'goes on' ? 6_000 : 300_000);
        if (now.after === 'waits') expect(await Promise.all(kinds)).toEqual(calls.map(() => 'resolved'));
        for (const answer of phone.late.splice(0)) answer();
      }
      phone.now = WORKS;
      await phone.pass(600_000);
      phone.end();
      const last = phone.open().start();
      await phone.pass(60_000);
      await expect(last).resolves.toBe(0);
      expect(phone.counted.size).toBe(phone.accepts);
      expect(phone.kept).toEqual([]);
    }),
    { numRuns: 300 },
  );
}, 60_000);
