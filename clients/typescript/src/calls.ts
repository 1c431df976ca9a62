import type { Client, ClientPathsWithMethod, MaybeOptionalInit, MethodResponse } from 'openapi-fetch';
import type { paths } from './schema.ts';

type Api = Client<paths>;
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What was answered. What was not done is thrown, so there is `data`, save for a route that answers nothing. */
export interface Answer<T> {
  readonly data: T;
  readonly response: Response;
}

/** Parameters and body as openapi-fetch takes them, and only where a route has them. */
type Init<T> = Partial<T> extends T ? [init?: T & OtherOptions] : [init: T & OtherOptions];
type OtherOptions = Readonly<Record<string, unknown>>;

/** A call of openapi-fetch that answers data or throws. */
type Call<M extends Method> = <
  Path extends ClientPathsWithMethod<Api, M>,
  Options extends MaybeOptionalInit<paths[Path], M>,
>(
  path: Path,
  ...init: Init<Options>
) => Promise<Answer<MethodResponse<Api, M, Path, Options>>>;

/** The API's routes by method and path, as openapi-fetch calls them. Each call throws QingniaoProblem. */
export interface Calls {
  readonly GET: Call<'get'>;
  readonly POST: Call<'post'>;
  readonly PUT: Call<'put'>;
  readonly PATCH: Call<'patch'>;
  readonly DELETE: Call<'delete'>;
}

/** A page of any list. */
interface Page {
  readonly items: readonly unknown[];
  readonly nextCursor?: string;
}

/** `GET` of whatever path answers a list. */
export type GetPage = (path: string, init: object) => Promise<{ readonly data: Page }>;

/** A client whose `fetch` throws for whatever is not answered as asked, typed so: its `error` is never there. */
export function throwingCalls(api: Pick<Api, keyof Calls>): {
  readonly calls: Calls;
  readonly getPage: GetPage;
};
export function throwingCalls({ GET, POST, PUT, PATCH, DELETE }: Pick<Api, keyof Calls>): object {
  return { calls: { GET, POST, PUT, PATCH, DELETE }, getPage: GET };
}

type QueryOf<Path extends keyof paths> = paths[Path] extends {
  get: { parameters: { query?: infer Query } };
}
  ? NonNullable<Query>
  : never;

/** The paths that answer a list in pages. */
export type ListPath = {
  [Path in ClientPathsWithMethod<Api, 'get'>]: [QueryOf<Path>] extends [never]
    ? never
    : 'cursor' extends keyof QueryOf<Path>
      ? Path
      : never;
}[ClientPathsWithMethod<Api, 'get'>];

/** An item of a list. */
export type ItemOf<Path extends ListPath> =
  MethodResponse<Api, 'get', Path> extends {
    readonly items: readonly (infer Item)[];
  }
    ? Item
    : never;

/** Reads a list to its end, or for as long as it is asked for more. */
export type List = <Path extends ListPath>(
  path: Path,
  ...init: Init<MaybeOptionalInit<paths[Path], 'get'>>
) => AsyncGenerator<ItemOf<Path>, void, undefined>;
