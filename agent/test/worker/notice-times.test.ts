import { expect, test } from 'vitest';
import { scene, type BackendName, type Scene } from './harness.ts';
import { handClock, openSite, visit, type HandClock } from './visitor.ts';

const BACKENDS = ['web-proxy', 'notice-server'] as const;
const MINUTE = 60_000;
const SOURCE = '100.64.0.5';
/** Noon in London, nine in the morning in Buenos Aires. */
const AT_NINE = '2026-03-01T09:00:00-03:00';

function pageOf(kind: string, id = 's1'): string {
  return `https://clientes.example.net/aviso/${kind}/${id}/`;
}

/** A time of that morning as the ISP's own platform writes it. */
function minutesAfterNine(minutes: number): string {
  return AT_NINE.replace('09:00', `09:${String(minutes).padStart(2, '0')}`);
}

async function morning(backend: BackendName): Promise<{ it: Scene; clock: HandClock }> {
  const clock = handClock(Date.parse(AT_NINE));
  const it = await scene({ backend, clock });
  openSite(it);
  await it.put('s1', { addresses: [SOURCE] });
  await it.converged();
  return { it, clock };
}

/** Waits until the store says that this is what the subscriber is shown; nothing asks the agent for it. */
function shows({ eventually, store }: Scene, notice: string | null): Promise<void> {
  return eventually(async () => {
    const observed = (await store.control.readSubscriber('s1'))?.observed;
    return observed !== undefined && observed !== null && observed.verified && observed.notice === notice;
  });
}

/** The agent is off for so long. */
async function off({ worker, restart }: Scene, clock: HandClock, minutes: number): Promise<void> {
  await worker.stop();
  clock.advance(minutes * MINUTE);
  await restart();
}

test.each(BACKENDS)('with %s a notice begins and ends by itself, by the offset it was given', async (backend) => {
  const { it, clock } = await morning(backend);
  const value = { start: minutesAfterNine(10), end: minutesAfterNine(20) };
  const operation = await it.ask({ kind: 'notice', id: 's1', notice: 'maintenance', value });
  await it.reached(operation, 'planned');
  expect(await visit(it, SOURCE)).toBe('site');
  clock.advance(10 * MINUTE);
  await it.reached(operation, 'verified');
  expect(await visit(it, SOURCE)).toBe(pageOf('maintenance'));
  clock.advance(10 * MINUTE);
  await shows(it, null);
  expect(await visit(it, SOURCE)).toBe('site');
});

test.each(BACKENDS)('with %s a notice missed while the box was off is shown if its time still is', async (backend) => {
  const { it, clock } = await morning(backend);
  const value = { start: minutesAfterNine(10), end: minutesAfterNine(50) };
  const operation = await it.ask({ kind: 'notice', id: 's1', notice: 'payment-due', value });
  await it.reached(operation, 'planned');
  await off(it, clock, 30);
  await it.reached(operation, 'verified');
  expect(await visit(it, SOURCE)).toBe(pageOf('payment-due'));
});

test.each(BACKENDS)('with %s a notice whose time went by while the box was off is never shown', async (backend) => {
  const { it, clock } = await morning(backend);
  const value = { start: minutesAfterNine(10), end: minutesAfterNine(20) };
  const operation = await it.ask({ kind: 'notice', id: 's1', notice: 'custom', value });
  await it.reached(operation, 'planned');
  await it.worker.stop();
  it.router.resetStats();
  clock.advance(30 * MINUTE);
  await it.restart();
  expect(await it.settled(operation)).toMatchObject({ state: 'failed', reason: 'expired' });
  await it.converged();
  expect(it.router.stats.writes).toEqual({});
  expect(await visit(it, SOURCE)).toBe('site');
});

test.each(BACKENDS)('with %s a notice that ended while the box was off is taken down', async (backend) => {
  const { it, clock } = await morning(backend);
  const value = { end: minutesAfterNine(20) };
  await it.settle({ kind: 'notice', id: 's1', notice: 'custom', value });
  expect(await visit(it, SOURCE)).toBe(pageOf('custom'));
  await off(it, clock, 30);
  await shows(it, null);
  expect(await visit(it, SOURCE)).toBe('site');
});

test('complaint 17: a cut whose time came while the box was off happens when it is back, but never past its notAfter', async () => {
  const { it, clock } = await morning('web-proxy');
  await it.put('s2', { addresses: ['100.64.0.6'] });
  const reason = 'no payment';
  const open = await it.ask({ kind: 'cutoff', id: 's1', cutoff: { reason, notBefore: minutesAfterNine(10) } });
  const late = await it.ask({
    kind: 'cutoff',
    id: 's2',
    cutoff: { reason, notBefore: minutesAfterNine(10), notAfter: minutesAfterNine(20) },
  });
  await it.reached(late, 'planned');
  await off(it, clock, 30);
  await it.reached(open, 'verified');
  expect(await it.settled(late)).toMatchObject({ state: 'failed', reason: 'expired' });
  expect([await visit(it, SOURCE), await visit(it, '100.64.0.6')]).toEqual([pageOf('cutoff'), 'site']);
});

test.each(BACKENDS)('with %s a cut outranks notices, and these their lesser ones', async (backend) => {
  const { it } = await morning(backend);
  for (const kind of ['custom', 'payment-due', 'maintenance'] as const) {
    await it.settle({ kind: 'notice', id: 's1', notice: kind, value: {} });
    expect(await visit(it, SOURCE)).toBe(pageOf(kind));
  }
  await it.settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  expect(await visit(it, SOURCE)).toBe(pageOf('cutoff'));
  await it.settle({ kind: 'restore', id: 's1' });
  await shows(it, 'maintenance');
  expect(await visit(it, SOURCE)).toBe(pageOf('maintenance'));
  await it.settle({ kind: 'notice-end', id: 's1', notice: 'maintenance' });
  await shows(it, 'payment-due');
  expect(await visit(it, SOURCE)).toBe(pageOf('payment-due'));
});

test.each(BACKENDS)(
  'with %s a notice with once is shown once, by the list that the router itself keeps',
  async (backend) => {
    const { it } = await morning(backend);
    await it.settle({ kind: 'notice', id: 's1', notice: 'custom', value: { once: true } });
    await it.worker.stop();
    expect([await visit(it, SOURCE), await visit(it, SOURCE)]).toEqual([pageOf('custom'), 'site']);
  },
);

test.each(BACKENDS)('complaint 22: with %s a reminder turns port 80 alone and blocks nothing', async (backend) => {
  const { it } = await morning(backend);
  await it.settle({ kind: 'notice', id: 's1', notice: 'payment-due', value: {} });
  const verdictOf = (protocol: 'tcp' | 'udp' | 'icmp', destinationPort: number, isV6 = false): string => {
    const [source, destination] = isV6 ? ['2001:db8:64:1::5', '2606:2800:220:1::1'] : [SOURCE, '93.184.216.34'];
    return it.router.probe({ source, destination, protocol, destinationPort }).verdict;
  };
  const all = [
    verdictOf('tcp', 443),
    verdictOf('udp', 443),
    verdictOf('tcp', 25_565),
    verdictOf('udp', 3478),
    verdictOf('udp', 53),
    verdictOf('icmp', 0),
    verdictOf('tcp', 80, true),
    verdictOf('tcp', 443, true),
  ];
  expect([...new Set(all)]).toEqual(['accepted']);
  expect(
    it.router
      .table('/ipv6/firewall/address-list')
      .rows()
      .filter((row) => row['list'] === 'Aviso'),
  ).toEqual([]);
  expect(await visit(it, SOURCE)).toBe(pageOf('payment-due'));
});

test.each(BACKENDS)(
  'with %s a login link that dies gives way to the template’s page by itself; the cut stays, and it is told once',
  async (backend) => {
    const { it, clock } = await morning(backend);
    const url = 'https://clientes.example.net/l/x7Kq2Lm9Pz4Rt8Vw/';
    await it.settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment', url } });
    expect(await visit(it, SOURCE)).toBe(url);
    const told = async (): Promise<readonly unknown[]> =>
      (await it.store.control.entriesAfter(0, 1000))
        .filter(({ type }) => type === 'notices.links-expired')
        .map(({ data }) => data);
    clock.advance(181 * 24 * 60 * MINUTE - 1);
    await it.converged();
    expect([await visit(it, SOURCE), await told()]).toEqual([url, []]);
    // Nobody asks for anything: the moment is known ahead.
    clock.advance(1);
    await it.eventually(async () => (await told()).length > 0);
    await it.converged();
    expect(await visit(it, SOURCE)).toBe(pageOf('cutoff'));
    await it.restart();
    await it.converged();
    expect(await told()).toEqual([{ count: 1, subscribers: ['s1'] }]);
    const [status] = await it.store.control.routerStatuses();
    expect(status?.findings.map(({ code }) => code)).toContain('login-link-expired');
    expect((await it.store.control.readSubscriber('s1'))?.observed).toMatchObject({ service: 'cut', notice: 'cutoff' });
    // A fresh link is shown again.
    await it.settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment', url: `${url}neu/` } });
    expect(await visit(it, SOURCE)).toBe(`${url}neu/`);
  },
);
