/** How far sends overlapped, as counted since the start or the last reset. */
export interface ConcurrencyStats {
  readonly maxConcurrentSends: number;
  readonly maxConcurrentSendsPerOpenid: number;
  /** Sends that arrived while another to the same openid was under way. */
  readonly overlappingSends: number;
}

/** Counts the sends under way, in all and per openid; one without an openid only in all. */
export class ConcurrentSends {
  readonly #perOpenid = new Map<string, number>();
  #underWay = 0;
  #stats = { maxConcurrentSends: 0, maxConcurrentSendsPerOpenid: 0, overlappingSends: 0 };

  begin(openid: string | undefined): void {
    const stats = this.#stats;
    this.#underWay += 1;
    stats.maxConcurrentSends = Math.max(stats.maxConcurrentSends, this.#underWay);
    if (openid === undefined) return;
    const concurrent = (this.#perOpenid.get(openid) ?? 0) + 1;
    this.#perOpenid.set(openid, concurrent);
    stats.maxConcurrentSendsPerOpenid = Math.max(stats.maxConcurrentSendsPerOpenid, concurrent);
    if (concurrent > 1) stats.overlappingSends += 1;
  }

  end(openid: string | undefined): void {
    this.#underWay -= 1;
    if (openid === undefined) return;
    const left = (this.#perOpenid.get(openid) ?? 0) - 1;
    if (left <= 0) this.#perOpenid.delete(openid);
    else this.#perOpenid.set(openid, left);
  }

  stats(): ConcurrencyStats {
    return { ...this.#stats };
  }
}
