import { setImmediate } from 'node:timers/promises';
import type { ProvisionerStore, ServedPhone, ToldVersion } from '../store/phone-ports.ts';
import type { Clock } from './ports.ts';

export interface ToldVersionsDeps {
  readonly store: Pick<ProvisionerStore, 'toldVersions' | 'recordToldVersions'>;
  /** A keyed hash: contents hold keys. */
  readonly markOf: (content: string) => string;
  readonly clock: Pick<Clock, 'now'>;
}

/** Others have their turn after so long. */
const SLICE_MS = 5;
/** A clock that is further on, in seconds since the epoch, is wrong: versions have as many digits as this allows. */
const LATEST_SECONDS = 3_300_000_000;

/**
 * Which version each phone's files have, for phones that take a higher one only. Another content has a higher version: above
 * the last one, and no less than the time in seconds, so that it is above whatever a box that was lost, or is older than its
 * backup, has told. The same content keeps its version over restarts (I5).
 */
export class ToldVersions {
  readonly #deps: ToldVersionsDeps;
  #known: Map<string, ToldVersion> | null = null;

  constructor(deps: ToldVersionsDeps) {
    this.#deps = deps;
  }

  /**
   * Versions by MAC, of those phones that have a content; written before they are given out, all changed ones together.
   * Calls must follow one another. Rejects with what the store rejects with: nothing is told then.
   */
  async settle(
    phones: readonly ServedPhone[],
    contentOf: (phone: ServedPhone) => string | null,
  ): Promise<ReadonlyMap<string, number>> {
    const { store, markOf, clock } = this.#deps;
    const known = (this.#known ??= new Map((await store.toldVersions()).map((told) => [told.mac, told])));
    const seconds = Math.floor(clock.now() / 1000);
    const floor = seconds < LATEST_SECONDS ? seconds : 1;
    const settled = new Map<string, number>();
    const changed: ToldVersion[] = [];
    let since = performance.now();
    for (const phone of phones) {
      const text = contentOf(phone);
      if (text === null) continue;
      const [{ mac }, content, last] = [phone, markOf(text), known.get(phone.mac)];
      const version = last?.content === content ? last.version : Math.max((last?.version ?? 0) + 1, floor);
      settled.set(mac, version);
      if (version !== last?.version) changed.push({ mac, version, content });
      if (performance.now() - since < SLICE_MS) continue;
      await setImmediate();
      since = performance.now();
    }
    if (changed.length > 0) await store.recordToldVersions(changed);
    for (const told of changed) known.set(told.mac, told);
    return settled;
  }
}
