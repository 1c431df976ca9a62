import { randomBytes } from 'node:crypto';
import type { AppOptions, SimulatedApp, WeChatSimulator } from '../wechat-simulator/index.ts';
import { type LocalParameterStore, startParameterStore } from './parameter-store.ts';

/** Where a local stack keeps its other apps' settings and secrets. */
const APPS_PATH = '/qingniao/local/apps';

/** A mini program beside a stack's first one; everything has a default. */
export interface StackApp extends AppOptions {
  /** What its owner calls it. */
  readonly name?: string;
  /** Its own settings, by the names of their variables. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The mini programs of a stack beside its first one, as the functions find them in the parameter store. */
export interface MoreApps {
  /** What the functions are started with in order to find them. */
  readonly variables: Readonly<Record<string, string>>;
  /** All parameters by name, to be changed as an owner would. */
  readonly parameters: Map<string, string>;
  /** Adds one to the simulated WeChat and to the parameters. The functions find it within five minutes. */
  add(app: StackApp): SimulatedApp;
  /** Lets the simulated WeChat push the events of these apps, and of those still to come, each to its own address. */
  pushTo(apiUrl: string): void;
  close(): Promise<void>;
}

/** Opens a parameter store for `apps`. */
export async function openMoreApps(wechat: WeChatSimulator, apps: readonly StackApp[]): Promise<MoreApps> {
  const store = await startParameterStore();
  const { values } = store;
  let apiUrl: string | undefined;

  function pushEventsOf({ appId, setCallback, setSwitches }: SimulatedApp): void {
    if (apiUrl === undefined) return;
    setSwitches({ eventDelayMs: wechat.switches().eventDelayMs });
    const parameter = (name: string) => values.get(`${APPS_PATH}/${appId}/${name}`) ?? '';
    const [token, aesKey] = [parameter('push-token'), parameter('push-aes-key')];
    setCallback({ url: `${apiUrl}/v1/wechat/events/${appId}`, token, aesKey });
  }

  function add({ name, settings, ...options }: StackApp): SimulatedApp {
    const app = wechat.addApp(options);
    register(values, app, { ...(name !== undefined && { name }), ...settings });
    pushEventsOf(app);
    return app;
  }

  for (const app of apps) add(app);
  return {
    variables: { APPS_PATH, AWS_ENDPOINT_URL_SSM: store.endpoint },
    parameters: values,
    add,
    pushTo(url) {
      apiUrl = url;
      for (const app of wechat.apps().slice(1)) pushEventsOf(app);
    },
    close: store.close,
  };
}

/** As `npm run setup -- --app` does. The push token and key protect nothing: the stack listens on 127.0.0.1. */
function register(
  values: LocalParameterStore['values'],
  { appId, appSecret }: SimulatedApp,
  settings: Readonly<Record<string, string>>,
): void {
  const own = {
    settings: JSON.stringify(settings),
    'app-secret': appSecret,
    'push-token': randomBytes(16).toString('hex'),
    'push-aes-key': randomBytes(22).toString('hex').slice(0, 43),
  };
  for (const [name, value] of Object.entries(own)) values.set(`${APPS_PATH}/${appId}/${name}`, value);
  const listed = values.get(APPS_PATH)?.split(',') ?? [];
  values.set(APPS_PATH, [...listed, appId].join(','));
}
