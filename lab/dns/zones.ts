import type { Answer } from 'dns-packet';

/** One record set as data. `A`, `AAAA` and `CNAME` only: nothing else is asked of the lab. */
export interface ZoneRecord {
  readonly type: 'A' | 'AAAA' | 'CNAME';
  readonly data: string;
  readonly ttl?: number;
}

/** How a name misbehaves, whatever its records. */
export type DnsTrouble =
  | 'servfail'
  | 'nxdomain'
  | 'refused'
  /** No answer at all. */
  | 'silence'
  /** The answer bears another id. */
  | 'wrong-id'
  /** A forged answer with another question and address comes first. */
  | 'forged'
  /** The answer over UDP is cut to nothing with TC set; TCP gives all of it. */
  | 'truncated'
  /** Bytes that are no DNS message. */
  | 'garbage';

/** What the server says of names; may be changed while it runs. Names are compared without regard to case. */
export class Zones {
  readonly #records = new Map<string, readonly ZoneRecord[]>();
  readonly #troubles = new Map<string, DnsTrouble>();

  /** Replaces all records of a name; an empty list is a name without data. */
  set(name: string, ...records: readonly ZoneRecord[]): this {
    this.#records.set(name.toLowerCase(), records);
    return this;
  }

  a(name: string, addresses: readonly string[], ttl = 60): this {
    const records = addresses.map((data) => ({ type: data.includes(':') ? 'AAAA' : 'A', data, ttl }) as const);
    return this.set(name, ...records);
  }

  cname(name: string, target: string, ttl = 60): this {
    return this.set(name, { type: 'CNAME', data: target, ttl });
  }

  remove(name: string): this {
    this.#records.delete(name.toLowerCase());
    return this;
  }

  /** `*` troubles every name; null ends it. */
  trouble(name: string, trouble: DnsTrouble | null): this {
    if (trouble === null) this.#troubles.delete(name.toLowerCase());
    else this.#troubles.set(name.toLowerCase(), trouble);
    return this;
  }

  troubleOf(name: string): DnsTrouble | null {
    return this.#troubles.get(name.toLowerCase()) ?? this.#troubles.get('*') ?? null;
  }

  /** Follows CNAMEs like a recursive resolver (RFC 1034 §3.6.2); null: the name asked for does not exist. */
  answer(name: string, type: string): readonly Answer[] | null {
    const answers: Answer[] = [];
    let at = name;
    for (let steps = 0; steps < 16; steps += 1) {
      const records = this.#records.get(at.toLowerCase());
      if (records === undefined) return answers.length === 0 ? null : answers;
      const alias = records.find((record) => record.type === 'CNAME');
      if (alias === undefined || type === 'CNAME') {
        return [...answers, ...records.filter((record) => record.type === type).map((record) => toAnswer(at, record))];
      }
      answers.push(toAnswer(at, alias));
      at = alias.data;
    }
    return answers;
  }
}

function toAnswer(name: string, { type, data, ttl }: ZoneRecord): Answer {
  return { type, name, data, ttl: ttl ?? 60, class: 'IN' };
}
