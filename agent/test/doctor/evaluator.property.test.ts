import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startLabRouter, type LabRouter } from '../../../lab/routeros/router.ts';
import { evaluateInput, ListIndex, type InputPacket, type InputVerdict } from '../../core/doctor/evaluate-input.ts';
import type { Row } from '../../core/row.ts';

const PORT = 999;
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 400);
const LISTS = ['bad', 'good'];
const ADDRESSES = ['192.0.2.77', '192.0.2.0/24', '100.64.0.0/10', '100.64.0.9', '192.0.2.70-192.0.2.80', '203.0.113.2'];

const negated = (values: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.boolean(), fc.constantFrom(...values)).map(([not, value]) => `${not ? '!' : ''}${value}`);
const maybe = (values: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });

/** Rules as people write them, and some with matchers that nobody can judge from outside. */
const rule = fc
  .record({
    chain: fc.constantFrom('input', 'input', 'one', 'two'),
    action: fc.constantFrom('accept', 'drop', 'reject', 'tarpit', 'jump', 'return', 'log', 'passthrough'),
    'jump-target': fc.constantFrom('one', 'two', 'nowhere'),
    protocol: maybe(negated(['tcp', 'udp', 'icmp'])),
    'dst-port': maybe(negated([String(PORT), '80,443', '900-1100'])),
    'src-address': maybe(negated(ADDRESSES)),
    'dst-address': maybe(negated(ADDRESSES)),
    'src-address-list': maybe(negated(LISTS)),
    'in-interface': maybe(negated(['ether1', 'bridge'])),
    'in-interface-list': maybe(negated(['WAN', 'LAN'])),
    'connection-state': maybe(negated(['new', 'established,related', 'invalid'])),
    'connection-nat-state': maybe(negated(['dstnat', 'srcnat'])),
    'connection-mark': maybe(fc.constantFrom('x', 'no-mark')),
    limit: maybe(fc.constant('10,5')),
    disabled: maybe(fc.constantFrom('true', 'false')),
  })
  .map(({ 'jump-target': target, ...rest }) => {
    const values = Object.entries(rest.action === 'jump' ? { ...rest, 'jump-target': target } : rest);
    return Object.fromEntries(values.filter((pair): pair is [string, string] => pair[1] !== undefined));
  });

const nat = fc.record({
  chain: fc.constant('dstnat'),
  action: fc.constantFrom('accept', 'redirect'),
  protocol: fc.constant('tcp'),
  'dst-port': fc.constantFrom('80', String(PORT)),
});

const lists = fc.array(fc.record({ list: fc.constantFrom(...LISTS), address: fc.constantFrom(...ADDRESSES) }), {
  maxLength: 4,
});

test('where the evaluator of the input chain says open or closed, the lab’s data plane agrees', async () => {
  const router = await startLabRouter({ version: '7.24' });
  const counts = { open: 0, closed: 0, unknown: 0 };
  try {
    router.table('/interface/list').add({ name: 'WAN' });
    router.table('/interface/list').add({ name: 'LAN' });
    router.table('/interface/list/member').add({ list: 'WAN', interface: 'ether1' });
    router.table('/interface/list/member').add({ list: 'LAN', interface: 'bridge' });
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 8 }),
        fc.array(nat, { maxLength: 1 }),
        lists,
        fc.boolean(),
        (filter, translations, listed, isWan) => {
          fill(router, '/ip/firewall/filter', filter);
          fill(router, '/ip/firewall/nat', translations);
          fill(router, '/ip/firewall/address-list', listed);
          const verdict = verdictOf(router, isWan);
          counts[verdict.kind] += 1;
          if (verdict.kind === 'unknown') return;
          const { verdict: fate, destinationPort } = probe(router, isWan);
          // Nothing listens in this lab: what reaches the router is refused there.
          expect([verdict.kind, destinationPort]).toEqual([fate === 'refused' ? 'open' : 'closed', PORT]);
        },
      ),
      { numRuns: RUNS },
    );
  } finally {
    await router.close();
  }
  // It would be easy to agree by never saying anything.
  expect(counts.open).toBeGreaterThan(RUNS / 10);
  expect(counts.closed).toBeGreaterThan(RUNS / 10);
});

function fill(router: LabRouter, menu: string, rows: readonly Readonly<Record<string, string>>[]): void {
  const table = router.table(menu);
  table.remove(...table.rows().map((row) => row['.id'] ?? ''));
  for (const row of rows) table.add(row, { force: true });
}

function packet(isWan: boolean): InputPacket {
  return isWan
    ? {
        protocol: 'tcp',
        source: '192.0.2.77',
        destination: '203.0.113.2',
        destinationPort: PORT,
        inInterface: 'ether1',
      }
    : {
        protocol: 'tcp',
        source: '100.64.0.9',
        destination: '100.64.0.1',
        destinationPort: PORT,
        inInterface: 'bridge',
      };
}

function verdictOf(router: LabRouter, isWan: boolean): InputVerdict {
  const rows = (menu: string): readonly Row[] =>
    router
      .table(menu)
      .rows()
      .map((row) => new Map(Object.entries(row)));
  return evaluateInput(packet(isWan), {
    filter: rows('/ip/firewall/filter'),
    nat: rows('/ip/firewall/nat'),
    members: rows('/interface/list/member'),
    lists: new ListIndex(rows('/ip/firewall/address-list')),
  });
}

function probe(router: LabRouter, isWan: boolean): ReturnType<LabRouter['probe']> {
  const { protocol, source, destination, destinationPort } = packet(isWan);
  return router.probe({ protocol, source, destination, destinationPort, isWan });
}
