import { expect, test } from 'vitest';
import type { LabRouter } from '../../../lab/routeros/router.ts';
import { clinic, codes, found, type Clinic } from './clinic.ts';

const ACCESS = '/ip/proxy/access';
const FILTER = '/ip/firewall/filter';
const PAGE = 'clientes.example.net/wisp-edge-self-test/';

const leftovers = (router: LabRouter): readonly unknown[] =>
  [ACCESS, FILTER].flatMap((menu) =>
    router
      .table(menu)
      .rows()
      .filter((row) => row['comment'] === 'wisp-edge:rule:self-test'),
  );

/** What others meet on the proxy's port: a neighbour, a stranger from the WAN. */
const strangers = ({ router, port }: Clinic): readonly string[] => [
  router.probe({ protocol: 'tcp', source: '100.64.0.9', destination: '100.64.0.1', destinationPort: port }).verdict,
  router.probe({
    protocol: 'tcp',
    source: '192.0.2.77',
    destination: '203.0.113.2',
    destinationPort: port,
    isWan: true,
  }).verdict,
];

test.each([
  ['6.49', 302],
  ['7.16', 307],
  ['7.24', 307],
] as const)(
  'on %s the self-test proves status %i and the exact Location, and leaves nothing',
  async (version, status) => {
    const one = await clinic({ router: { version, tls: true } });
    const before = one.router.snapshot();
    const report = await one.examine({}, true);
    expect(found(report, 'self-test-passed').detail).toContain(`status ${status} to https://${PAGE},`);
    expect(report.redirect).toBe('full-url');
    expect(one.router.snapshot()).toEqual(before);
  },
);

test('a router that puts http:// before is found out, and the pages are written without scheme from then on', async () => {
  const one = await clinic({ router: { version: '6.49', tls: true, redirectTo: 'adds-http' } });
  const id = await one.ask({ kind: 'doctor', router: 'r0', selfTest: true });
  const { state, result } = await one.settled(id);
  expect([state, result?.['redirect']]).toEqual(['verified', 'without-scheme']);
  const report = await one.store.agent.readDoctor('r0');
  expect(report?.findings.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['redirect-adds-scheme', 'self-test-passed']),
  );
  await one.put('s1');
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'x' } });
  const row = one.router.table(ACCESS).find({ 'src-address': '100.64.0.5' });
  expect(row?.['redirect-to']).toBe('clientes.example.net/aviso/cutoff/s1/');
  // A later doctor without a self-test does not forget it.
  await one.settled(await one.ask({ kind: 'doctor', router: 'r0', selfTest: false }));
  expect(await one.store.agent.readDoctor('r0')).toMatchObject({ redirect: 'without-scheme' });
});

test('with redirect: full-url a doubled scheme is an error, and nothing is learned', async () => {
  const settings = { redirect: 'full-url' } as const;
  const one = await clinic({ settings, router: { version: '6.49', tls: true, redirectTo: 'adds-http' } });
  const report = await one.examine({}, true);
  expect(found(report, 'redirect-adds-scheme')).toMatchObject({ severity: 'error' });
  expect(report.redirect).toBeNull();
});

test('I4: at no moment of a self-test is the proxy open to anybody else', async () => {
  const one = await clinic();
  const seen: (readonly string[])[] = [];
  one.router.onCommand(() => {
    seen.push(strangers(one));
    // Whenever this box may come in, the first row that speaks for it leads to the page: it is never served.
    const asBox = one.router.probe({
      protocol: 'tcp',
      source: '127.0.0.1',
      destination: '100.64.0.1',
      destinationPort: one.port,
      http: { host: 'example.test' },
    });
    if (asBox.verdict === 'proxied') expect(asBox.proxy?.location).toBe(`https://${PAGE}`);
  });
  await one.examine({}, true);
  expect(seen.length).toBeGreaterThan(20);
  for (const verdicts of seen) expect(verdicts).toEqual(['dropped', 'dropped']);
});

test('in an adoption a self-test that was not made names its steps, not the mode in the file', async () => {
  const one = await clinic({ settings: { mode: 'assist' } });
  await one.settle({ kind: 'adopt', router: 'r0', step: 'claim' });
  const { detail, remedy, es } = found(await one.examine({}, true), 'self-test-not-made');
  expect([remedy, es?.remedy]).toEqual(['wisp-edge adopt <router>', 'wisp-edge adopt <router>']);
  expect(detail).toContain('on its way from WispHub');
});

test.each(['observe', 'assist'] as const)(
  'in mode %s a self-test is refused with the reason, and nothing is written',
  async (mode) => {
    const one = await clinic({ settings: { mode } });
    await one.worker.stop();
    one.router.resetStats();
    const report = await one.examine({}, true);
    expect(found(report, 'self-test-not-made').detail).toContain('not in mode manage');
    expect(one.router.stats.writes).toEqual({});
  },
);

test('where the proxy answers something else the self-test fails, and its rows are gone', async () => {
  const one = await clinic();
  await one.worker.stop();
  const answer = { kind: 'answered', status: 403, location: null } as const;
  const { makeProbes } = await import('../../adapters/doctor/probes.ts');
  const probes = { ...makeProbes(), reachPortal: () => Promise.resolve(null), askProxy: () => Promise.resolve(answer) };
  const report = await one.examine({ probes }, true);
  expect(found(report, 'self-test-failed').detail).toContain('403');
  expect(leftovers(one.router)).toEqual([]);
});

test('a refused second row takes the first one off again', async () => {
  const one = await clinic();
  await one.worker.stop();
  one.router.faults.arm({ path: `${FILTER}/add` }, { kind: 'trap', message: 'failure: no' });
  const report = await one.examine({}, true);
  expect(codes(report)).toContain('self-test-failed');
  expect(leftovers(one.router)).toEqual([]);
});

test('I7: what a crash in the middle of a self-test leaves behind the next pass removes', async () => {
  const one = await clinic();
  await one.worker.stop();
  // The link is lost right after the second row: nobody is left to take them off.
  one.router.faults.arm({ path: `${FILTER}/add` }, { kind: 'reset', when: 'after' });
  await one.examine({}, true);
  expect(leftovers(one.router)).toHaveLength(2);
  expect(strangers(one)).toEqual(['dropped', 'dropped']);
  await one.restart();
  await one.converged();
  expect(leftovers(one.router)).toEqual([]);
});

test('a box that is cut itself makes no self-test', async () => {
  const one = await clinic();
  await one.worker.stop();
  one.router.table('/ip/firewall/address-list').add({ list: 'Moroso', address: '127.0.0.0/24' });
  expect(found(await one.examine({}, true), 'self-test-not-made').detail).toContain('cut or has a notice');
});

/** Somebody removes the first row of that menu right before a self-test's add. */
function removeFirst({ router }: Clinic, menu: string, times: number): void {
  const edit = (): void => {
    const [first] = router.table(menu).rows();
    router.table(menu).remove(first?.['.id'] ?? '');
  };
  router.faults.arm({ path: `${menu}/add`, times }, { kind: 'edit', when: 'before', edit });
}

test('a row to stand before that goes between the look and the write is looked for anew, once', async () => {
  const one = await clinic();
  await one.worker.stop();
  for (const at of [1, 2, 3]) one.router.table(ACCESS).add({ 'src-address': `192.0.2.${at}`, place: '0' });
  removeFirst(one, ACCESS, 1);
  const before = codes(await one.examine({}, true));
  expect(before).toContain('self-test-passed');
  removeFirst(one, ACCESS, 2);
  expect(found(await one.examine({}, true), 'self-test-not-made').detail).toContain('left no time for it');
  expect(leftovers(one.router)).toEqual([]);
});
