import { expect, test } from 'vitest';
import type { RouterSettings } from '../settings.ts';
import { checkExposure } from './check-exposure.ts';
import type { Answer, DoctorFacts, Question } from './facts.ts';
import { vantages } from './vantage.ts';

const SETTINGS: RouterSettings = {
  router: 'r0',
  mode: 'manage',
  lists: { cutoff: 'Moroso', notice: 'Aviso', portal: 'p', always: 'a', once: 'o', seen: 's' },
  port: 999,
  url: 'https://{domain}/',
  seenMinutes: 5,
  redirect: 'auto',
  backend: { kind: 'web-proxy' },
};

/** A row that counts how often it is looked at. */
class CountingRow extends Map<string, string> {
  reads = 0;

  override get(name: string): string | undefined {
    this.reads += 1;
    return super.get(name);
  }
}

function row(properties: Record<string, string>): CountingRow {
  return new CountingRow(Object.entries(properties));
}

function ip(network: number, at: number): string {
  return `100.${network}.${at >> 8}.${at & 0xff}`;
}

/** A PPPoE concentrator: an interface a subscriber, a list that its input chain looks at. */
function concentrator(clients: number, listed: number): { facts: DoctorFacts; lists: readonly CountingRow[] } {
  const lists = Array.from({ length: listed }, (_, at) => row({ list: 'Moroso', address: ip(80, at) }));
  const addresses = Array.from({ length: clients }, (_, at) =>
    row({ address: '10.255.0.1/32', network: ip(64, at), interface: `<pppoe-${at}>` }),
  );
  const rows: Partial<Record<Question, readonly CountingRow[]>> = {
    addresses,
    lists,
    proxy: [row({ enabled: 'true', port: '999' })],
    filter: [row({ '.id': '*1', chain: 'input', action: 'drop', 'src-address-list': 'Moroso' })],
  };
  const answers = new Map<Question, Answer>();
  for (const question of ['addresses', 'lists', 'proxy', 'filter'] as const)
    answers.set(question, { kind: 'rows', rows: rows[question] ?? [] });
  const facts: DoctorFacts = {
    now: 0,
    host: '192.0.2.1',
    port: 8729,
    user: 'edge',
    tls: { kind: 'plain' },
    settings: SETTINGS,
    link: { kind: 'up' },
    peer: null,
    answers,
    proxyAnswer: null,
    domain: null,
    portal: [],
    resolvers: [],
    site: { subscribers: 0, withIpv6: 0, pages: 0 },
  };
  return { facts, lists };
}

test('of thousands of neighbours sixteen are looked at', () => {
  expect(vantages(concentrator(4000, 0).facts)).toHaveLength(16);
});

test('a row of a list is read as often however many neighbours there are', () => {
  const readsWith = (clients: number): number => {
    const { facts, lists } = concentrator(clients, 500);
    expect(checkExposure(facts).map(({ code }) => code)).toEqual(['proxy-open-neighbours']);
    return Math.max(...lists.map(({ reads }) => reads));
  };
  expect(readsWith(4000)).toBe(readsWith(1));
  expect(readsWith(4000)).toBeLessThan(8);
});
