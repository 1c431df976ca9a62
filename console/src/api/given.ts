/** The members that are given: neither undefined nor empty. What is left out of a query is not asked for. */
export function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined | ''> };
export function given(members: object): object {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined && value !== ''),
  );
}
