import { textOf, type WeChatRequest } from './calls.ts';
import { ControlError } from './control-error.ts';
import {
  type AppOptions,
  type OpenApp,
  openApp,
  type SimulatedApp,
  type Surroundings,
} from './simulated-app.ts';
import type { World } from './world.ts';

/** The apps of one simulated WeChat. None of them knows anything of another. */
export class Apps {
  readonly #surroundings: Surroundings;
  readonly #first: OpenApp;
  readonly #opened: OpenApp[];

  /** @throws ControlError where two have the same appid */
  constructor(first: AppOptions, more: readonly AppOptions[], surroundings: Surroundings) {
    this.#surroundings = surroundings;
    this.#first = openApp(first, 1, surroundings);
    this.#opened = [this.#first];
    for (const options of more) this.add(options);
  }

  /** One more. @throws ControlError where there is one of that appid */
  add(options: AppOptions): SimulatedApp {
    const opened = openApp(options, this.#opened.length + 1, this.#surroundings);
    const { appId } = opened.app;
    if (this.#find(appId)) throw new ControlError('appid', `There is an app ${appId} already.`);
    this.#opened.push(opened);
    return opened.app;
  }

  all(): readonly SimulatedApp[] {
    return this.#opened.map(({ app }) => app);
  }

  /** The app of that appid, by default the first. @throws ControlError when there is none */
  get(appId = this.#first.app.appId): SimulatedApp {
    const found = this.#find(appId);
    if (found) return found.app;
    throw new ControlError('appid', `There is no app ${appId}: see GET /_control/apps.`);
  }

  /**
   * Whom a call is for: the app that issued its token, else that of its appid. What names no app of these is answered as the
   * first answers it, which refuses it.
   */
  worldOf({ query, fields }: WeChatRequest): World {
    const token = query.get('access_token');
    const appId = query.get('appid') ?? textOf(fields, 'appid');
    const owner = token
      ? this.#opened.find(({ world }) => world().tokens.hasIssued(token))
      : appId && this.#find(appId);
    return (owner || this.#first).world();
  }

  close(): void {
    for (const { close } of this.#opened) close();
  }

  #find(appId: string): OpenApp | undefined {
    return this.#opened.find(({ app }) => app.appId === appId);
  }
}
