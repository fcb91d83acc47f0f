import { expect, test } from 'vitest';
import { parseAddress } from '../../../schemas/address.ts';
import { usageOf } from '../sessions/usage.ts';
import { liveState, type LiveState, type Wish } from './live.ts';

const NOW = 1000;
const ROUTER = parseAddress('10.0.0.1');

function wish(
  id: string,
  over: Partial<Wish['subscriber']> = {},
  cutoff: Partial<NonNullable<Wish['cutoff']>> = {},
): Wish {
  return {
    id,
    subscriber: { name: id, router: 'r0', addresses: ['10.0.0.5'], ...over },
    cutoff: { value: { reason: 'x' }, operation: `cut-${id}`, since: 0, notBefore: null, notAfter: null, ...cutoff },
    notices: [],
  };
}

function live(wishes: readonly Wish[], hasBegun: () => boolean = () => false): LiveState {
  return liveState(wishes, NOW, hasBegun, {
    own: ROUTER === null ? [] : [ROUTER],
    gateways: [],
    prefixes: null,
    usage: usageOf({ tables: new Map() }),
    isStanding: () => false,
  });
}

const reasons = (state: LiveState): readonly string[] =>
  state.holds.map(({ subscriber, reason }) => `${subscriber} ${reason}`);

test.each([
  '127.0.0.1',
  '169.254.1.1',
  '224.0.0.1',
  '255.255.255.255',
  '10.0.0.0/8',
  '10.0.0.1',
  '::1',
  'fe80::1',
  'ff02::1',
])('I2: nobody is cut by %s', (address) => {
  const state = live([wish('s1', { addresses: [address] })]);
  expect(state.subscribers[0]?.cut).toBeNull();
  expect(reasons(state)).toEqual(['s1 address-refused']);
});

test('I2: holders of one address, or of a prefix and an address in it, are all held', () => {
  const state = live([
    wish('s1', { addresses: ['10.0.2.0/29'] }),
    wish('s2', { addresses: ['10.0.2.3'] }),
    wish('s3', { addresses: ['10.0.2.9'] }),
  ]);
  expect(reasons(state)).toEqual(['s1 duplicate-address', 's2 duplicate-address']);
});

test.each([
  [{ ppp: 'ana@isp' }, 'has the same ppp name as s2: ana@isp'],
  [{ mac: 'AA:BB:CC:00:00:01' }, 'has the same mac as s2: AA:BB:CC:00:00:01'],
  [{}, 'shares an address with s2'],
])('I2: two subscribers with %j are held, and the detail names what they share', (same, detail) => {
  const { holds } = live([wish('s1', same), wish('s2', same)]);
  expect(holds[0]).toMatchObject({ subscriber: 's1', reason: 'duplicate-address', detail });
});

test('a cut waits for its time, and the next change is that time', () => {
  const state = live([wish('s1', {}, { notBefore: NOW + 5, notAfter: NOW + 50 })]);
  expect(state.waiting).toEqual(new Set(['cut-s1/s1/cutoff']));
  expect(state.nextChange).toBe(NOW + 5);
});

test('I2: a cut past its notAfter is over, unless it has begun', () => {
  const late = wish('s1', {}, { notAfter: NOW });
  expect(live([late]).expired).toEqual([{ subscriber: 's1', operation: 'cut-s1' }]);
  expect(live([late], () => true).subscribers[0]?.cut).not.toBeNull();
});

test('notices stand by rank; one that is over is gone, one without IPv4 is held', () => {
  const notices = (['custom', 'maintenance', 'payment-due'] as const).map((kind) => ({
    kind,
    value: {},
    operation: kind,
    start: null,
    end: kind === 'payment-due' ? NOW : null,
  }));
  const one = { ...wish('s1'), cutoff: null, notices };
  expect(live([one]).subscribers[0]?.notices.map(({ kind }) => kind)).toEqual(['maintenance', 'custom']);
  const six = { ...one, subscriber: { ...one.subscriber, addresses: ['2001:db8::5'] } };
  expect(reasons(live([six]))).toEqual(['s1 no-ipv4', 's1 no-ipv4']);
});
