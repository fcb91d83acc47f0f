import { decode, encode, RECURSION_AVAILABLE, type Answer, type Question } from 'dns-packet';
import { parseDuration } from './duration.ts';
import type { ResolveName } from './names.ts';
import { tableOf, type RouterState } from './state.ts';
import type { StoredRow, Table } from './table.ts';

/** RFC 1035 §4.1.1. */
const NO_SUCH_NAME = 3;
const STATIC_TTL = 86_400;

/** What the cache said of one name and family; null: no such name. */
type Found = readonly { readonly address: string; readonly ttlSeconds: number }[] | null;

/**
 * The router's DNS cache as its clients meet it on port 53, with its static rows (manual, "DNS"): `name` matches to the
 * letter, with `match-subdomain` all below it too; `FWD` forwards; whatever a row with `address-list` answers comes into
 * that list of either family for the record's TTL and `address-list-extra-time`. That such rows of the list bear the name
 * that was asked as their comment, and that an address which is there already gets none, is inferred.
 */
export class RouterDns {
  readonly #state: RouterState;
  readonly #resolve: ResolveName;

  constructor(state: RouterState, resolve: ResolveName) {
    this.#state = state;
    this.#resolve = resolve;
  }

  /** Answers clients only where `allow-remote-requests` says so. */
  get isOn(): boolean {
    return this.#settings()['allow-remote-requests'] === 'true';
  }

  serve(query: Buffer, reply: (payload: Buffer) => void): void {
    const { id, questions = [] } = decode(query);
    const [question] = questions;
    if (id === undefined || question === undefined || (question.type !== 'A' && question.type !== 'AAAA')) return;
    const { name, type } = question;
    void this.#find(name.toLowerCase(), type === 'A' ? 4 : 6).then(
      (found) => {
        reply(answerOf(id, question, found));
      },
      // An upstream that fails leaves its client without an answer.
      () => undefined,
    );
  }

  async #find(name: string, family: 4 | 6): Promise<Found> {
    const row = tableOf(this.#state, '/ip/dns/static')
      .rows()
      .find(({ attributes }) => attributes['disabled'] !== 'true' && matches(attributes, name));
    const type = row?.attributes['type'] ?? 'A';
    if (row === undefined) return this.#resolve(name, family);
    if (type === 'NXDOMAIN') return null;
    const found =
      type === 'FWD'
        ? await this.#resolve(name, family)
        : type === (family === 4 ? 'A' : 'AAAA')
          ? [{ address: row.attributes['address'] ?? '', ttlSeconds: STATIC_TTL }]
          : [];
    this.#learn(row, name, family, found);
    return found;
  }

  #learn({ attributes: { 'address-list': list = '' } }: StoredRow, name: string, family: 4 | 6, found: Found): void {
    if (list === '') return;
    const { clock } = this.#state;
    const table = tableOf(this.#state, family === 4 ? '/ip/firewall/address-list' : '/ipv6/firewall/address-list');
    const extraMs = parseDuration(this.#settings()['address-list-extra-time'] ?? '0s') ?? 0;
    for (const { address, ttlSeconds } of found ?? []) {
      const attributes = { list, address: family === 6 ? `${address}/128` : address, comment: name };
      const expiresAt = clock.now() + ttlSeconds * 1000 + extraMs;
      const held = rowAt(table, attributes);
      if (held === undefined) table.insert({ attributes, isDynamic: true, createdAtWall: clock.wall(), expiresAt });
      else if (held.expiresAt !== null) table.replace(held.id, { expiresAt: Math.max(held.expiresAt, expiresAt) });
    }
  }

  #settings(): Readonly<Record<string, string>> {
    return tableOf(this.#state, '/ip/dns').rows()[0]?.attributes ?? {};
  }
}

function rowAt(table: Table, attributes: StoredRow['attributes']): StoredRow | undefined {
  const [id] = table.holders(attributes);
  return id === undefined ? undefined : table.get(id);
}

function matches({ name = '', 'match-subdomain': below }: StoredRow['attributes'], asked: string): boolean {
  const own = name.toLowerCase();
  return own !== '' && (asked === own || (below === 'true' && asked.endsWith(`.${own}`)));
}

function answerOf(id: number, question: Question, found: Found): Buffer {
  const { name, type } = question;
  const answers = (found ?? []).flatMap(({ address, ttlSeconds }): readonly Answer[] =>
    type === 'A' || type === 'AAAA' ? [{ type, name, ttl: ttlSeconds, class: 'IN', data: address }] : [],
  );
  const flags = RECURSION_AVAILABLE | (found === null ? NO_SUCH_NAME : 0);
  return encode({ type: 'response', id, flags, questions: [question], answers: [...answers] });
}
