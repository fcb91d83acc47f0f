import type { PhoneFetch, ProvisionerStore, ServedPhone } from '../store/phone-ports.ts';
import type { Catalogue } from './catalogue.ts';
import { settleSlots } from './told-slots.ts';
import type { ToldVersions } from './told-versions.ts';

type ServedStore = Pick<ProvisionerStore, 'servedPhones' | 'recordToldSlots'>;
type View = Pick<Catalogue, 'put' | 'contentOf' | 'remove' | 'wholeSha256s' | 'isLeftAlone'>;

/** What phones are served, kept as the store has it: the catalogue renders from it, the rotation asks it. */
export class Served {
  readonly #store: ServedStore;
  readonly #versions: Pick<ToldVersions, 'settle'>;
  #catalogue: View;
  readonly #phones = new Map<string, ServedPhone>();
  /** Reads follow one another, so that an older one never overwrites a newer one. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(store: ServedStore, versions: Pick<ToldVersions, 'settle'>, catalogue: View) {
    this.#store = store;
    this.#versions = versions;
    this.#catalogue = catalogue;
  }

  /** Another catalogue, for another configuration; it has everything that is known when this resolves. */
  serveFrom(catalogue: View): Promise<void> {
    return this.#inTurn(async () => {
      const phones = [...this.#phones.values()];
      catalogue.put(phones, await this.#versions.settle(phones, (phone) => catalogue.contentOf(phone)));
      this.#catalogue = catalogue;
    });
  }

  /** Reads all phones; what is gone from the store is gone here. */
  refreshAll(): Promise<void> {
    return this.#inTurn(async () => {
      const phones = await this.#store.servedPhones('all');
      const gone = new Set(this.#phones.keys());
      for (const { mac } of phones) gone.delete(mac);
      await this.#take(phones, [...gone]);
    });
  }

  /** Reads these phones, and those that have one of these extensions as a line. */
  refresh(which: { readonly macs: readonly string[]; readonly extensions: readonly string[] }): Promise<void> {
    return this.#inTurn(async () => {
      const phones = await this.#store.servedPhones(which);
      const found = new Set(phones.map(({ mac }) => mac));
      await this.#take(
        phones,
        which.macs.filter((mac) => !found.has(mac)),
      );
    });
  }

  /** After fetches were written: a token may be used now, and the earlier ones ended; who was to go from a slot is gone. */
  async afterFetches(fetches: readonly PhoneFetch[]): Promise<void> {
    const macs = new Set<string>();
    for (const { mac, tokenHash, isWhole, revision } of fetches) {
      const phone = this.#phones.get(mac);
      if (phone === undefined) continue;
      const token = phone.tokens.find(({ hash }) => hash === tokenHash);
      const isFirst = token?.isUsed === false || (isWhole && !phone.hasFetched);
      const isAwaited = revision !== null && phone.slots.some(({ former }) => former !== null);
      if (isFirst || isAwaited) macs.add(mac);
    }
    if (macs.size > 0) await this.refresh({ macs: [...macs], extensions: [] });
  }

  phone(mac: string): ServedPhone | null {
    return this.#phones.get(mac) ?? null;
  }

  /** The phones that have this extension as a line. */
  phonesOf(number: string): readonly ServedPhone[] {
    return [...this.#phones.values()].filter(({ lines }) => lines.some((line) => line.number === number));
  }

  wholeSha256s(mac: string): readonly string[] {
    return this.#catalogue.wholeSha256s(mac);
  }

  /** True while this line of the phone is left as it is there: a new key of it would not reach the phone. */
  isLeftAlone(mac: string, number: string): boolean {
    return this.#catalogue.isLeftAlone(mac, number);
  }

  async #take(read: readonly ServedPhone[], gone: readonly string[]): Promise<void> {
    const phones = await settleSlots(this.#store, read);
    const versions = await this.#versions.settle(phones, (phone) => this.#catalogue.contentOf(phone));
    for (const phone of phones) this.#phones.set(phone.mac, phone);
    for (const mac of gone) this.#phones.delete(mac);
    this.#catalogue.put(phones, versions);
    this.#catalogue.remove(gone);
  }

  #inTurn(read: () => Promise<void>): Promise<void> {
    const mine = this.#reading.catch(() => undefined).then(read);
    this.#reading = mine;
    return mine;
  }
}
