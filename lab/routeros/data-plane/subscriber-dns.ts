import { decode, encode, RECURSION_DESIRED, type Answer } from 'dns-packet';
import type { LabClock } from '../../clock.ts';
import type { DataPlane } from './plane.ts';
import type { PacketSpec } from './probe.ts';

/** What a subscriber's device knows of a name; `null` addresses: no answer came. */
export type LookUp = readonly string[] | 'no-answer';

export interface DnsAsker {
  readonly plane: DataPlane;
  readonly clock: LabClock;
  /** Address of the resolver the subscriber's device was given. */
  readonly resolver: string;
  readonly source: string;
  readonly isWan: boolean;
}

/** How long a device waits for an answer before it says the name cannot be resolved. */
const PATIENCE_MS = 5000;

/** Resolves names as a device behind the router does: its questions go through the router's rules as UDP 53. */
export class SubscriberDns {
  readonly #asker: DnsAsker;
  readonly #known = new Map<string, { readonly addresses: readonly string[]; readonly until: number }>();
  #lastId = 0;

  constructor(asker: DnsAsker) {
    this.#asker = asker;
  }

  async lookUp(name: string, family: 4 | 6): Promise<LookUp> {
    const { clock } = this.#asker;
    const key = `${family} ${name.toLowerCase()}`;
    const known = this.#known.get(key);
    if (known !== undefined && clock.now() < known.until) return known.addresses;
    const answers = await this.#ask(name, family === 4 ? 'A' : 'AAAA');
    if (answers === 'no-answer') return answers;
    const wanted = family === 4 ? 'A' : 'AAAA';
    const addresses = answers.flatMap((answer) => (answer.type === wanted ? [answer.data] : []));
    const ttl = Math.min(...answers.map((answer) => ('ttl' in answer ? Number(answer.ttl) : 0)));
    if (addresses.length > 0) this.#known.set(key, { addresses, until: clock.now() + ttl * 1000 });
    return addresses;
  }

  #ask(name: string, type: 'A' | 'AAAA'): Promise<readonly Answer[] | 'no-answer'> {
    const { plane, clock, resolver, source, isWan } = this.#asker;
    this.#lastId = (this.#lastId + 1) % 65536;
    const id = this.#lastId;
    const query = encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ type, name }] });
    const spec: PacketSpec = {
      protocol: 'udp',
      source,
      sourcePort: 20_000 + (id % 40_000),
      destination: resolver,
      destinationPort: 53,
      isWan,
    };
    return new Promise((resolve) => {
      const cancel = clock.at(clock.now() + PATIENCE_MS, () => {
        resolve('no-answer');
      });
      const sent = plane.sendUdp(spec, query, (payload) => {
        const answer = decode(payload);
        if (answer.id !== id) return;
        cancel();
        resolve(answer.answers ?? []);
      });
      // An ICMP error ends the wait at once; silence does not.
      if (sent !== 'rejected') return;
      cancel();
      resolve('no-answer');
    });
  }
}
