import { isWithin, parseRange } from '../address.ts';
import type { StoredRow, Table } from '../table.ts';
import type { Ip } from './packet.ts';

/** One request as `/ip/proxy/access` sees it. */
export interface ProxyRequest {
  readonly source: Ip;
  readonly method: string;
  readonly host: string;
  readonly port: number;
  /** With the query; null for CONNECT, which has none. */
  readonly path: string | null;
  readonly localPort: number;
  /** The resolved address of the host, where known. */
  readonly destination: Ip | null;
}

/** What the proxy does with a request; `row` null: no row matched, which allows. */
export type AccessDecision =
  | { readonly kind: 'allow'; readonly row: StoredRow | null }
  | { readonly kind: 'deny'; readonly row: StoredRow }
  | { readonly kind: 'redirect'; readonly row: StoredRow; readonly location: string; readonly status: 302 | 307 }
  | { readonly kind: 'append'; readonly row: StoredRow; readonly text: string };

type Test = (request: ProxyRequest) => boolean;

/** The proxy's access rows (manual, "Web Proxy", `/ip/proxy/access`): first match wins, no match allows. */
export class AccessRules {
  readonly #table: Table;
  readonly #compiled = new WeakMap<StoredRow, Test>();

  readonly #addsHttp: () => boolean;

  /** `addsHttp`: RouterOS 6 puts `http://` before a `redirect-to`; whether it does is unverified, so both can be had. */
  constructor(table: Table, addsHttp: () => boolean = () => false) {
    this.#table = table;
    this.#addsHttp = addsHttp;
  }

  decide(request: ProxyRequest): AccessDecision {
    for (const row of this.#table.rows()) {
      if (row.attributes['disabled'] === 'true' || !this.#testOf(row)(request)) continue;
      const { attributes } = row;
      const action = attributes['action'] ?? 'allow';
      // RouterOS 6: deny with redirect-to answers 302 (inferred from the old manual).
      const old = attributes['redirect-to'] ?? '';
      if (action === 'deny' && old !== '')
        return { kind: 'redirect', row, location: this.#addsHttp() ? `http://${old}` : old, status: 302 };
      if (action === 'deny') return { kind: 'deny', row };
      const text = attributes['action-data'] ?? '';
      if (action === 'redirect') return { kind: 'redirect', row, location: text, status: 307 };
      return action === 'url-append' ? { kind: 'append', row, text } : { kind: 'allow', row };
    }
    return { kind: 'allow', row: null };
  }

  /** True when a row looks at the resolved address of the host: only then must it be resolved first. */
  get needsDestination(): boolean {
    return this.#table.rows().some(({ attributes }) => (attributes['dst-address'] ?? '') !== '');
  }

  #testOf(row: StoredRow): Test {
    let test = this.#compiled.get(row);
    if (test === undefined) this.#compiled.set(row, (test = compile(row)));
    return test;
  }
}

const TESTS: Readonly<Record<string, (value: string) => Test>> = {
  'src-address': (value) => {
    const range = parseRange(value);
    return ({ source }) => range !== null && isWithin(range, source);
  },
  'dst-address': (value) => {
    const range = parseRange(value);
    return ({ destination }) => range !== null && destination !== null && isWithin(range, destination);
  },
  'dst-port': (value) => {
    const ports = value.split(',').map((part) => part.split('-').map(Number));
    return ({ port }) => ports.some(([first = NaN, last = first]) => first <= port && port <= last);
  },
  'local-port': (value) => {
    const ports = value.split(',').map(Number);
    return ({ localPort }) => ports.includes(localPort);
  },
  'dst-host': (value) => {
    const pattern = wildcard(value.toLowerCase());
    return ({ host }) => pattern.test(host.toLowerCase());
  },
  path: (value) => {
    const pattern = wildcard(value);
    return ({ path }) => path !== null && pattern.test(path);
  },
  method: (value) => {
    const methods = value.split(',');
    return ({ method }) => methods.includes(method);
  },
};

function compile(row: StoredRow): Test {
  const tests: Test[] = [];
  for (const [name, build] of Object.entries(TESTS)) {
    const value = row.attributes[name] ?? '';
    if (value === '') continue;
    const isNegated = value.startsWith('!');
    const test = build(isNegated ? value.slice(1) : value);
    tests.push(isNegated ? (request) => !test(request) : test);
  }
  return (request) => tests.every((test) => test(request));
}

/** `*` and `?` over the whole text; a leading `:` makes it a regular expression anywhere in it. */
function wildcard(pattern: string): RegExp {
  if (pattern.startsWith(':')) return new RegExp(pattern.slice(1));
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's');
}
