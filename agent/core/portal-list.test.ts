import { expect, test } from 'vitest';
import { listAddresses } from './portal-reach.ts';
import { GRACE_MS, MOST_ADDRESSES, updatePortalList } from './portal-list.ts';

const NOW = 1_000_000_000_000;
const known = (...addresses: string[]): Parameters<typeof updatePortalList>[0] =>
  addresses.map((address) => ({ address, host: 'p', use: 'portal', firstSeen: 1, lastSeen: NOW }));
const found = (addresses: readonly string[] | null): Parameters<typeof updatePortalList>[1] => [
  { host: 'p', use: 'portal', addresses },
];
const texts = ({ addresses }: ReturnType<typeof updatePortalList>): readonly string[] =>
  addresses.map(({ address }) => address).sort();

test('a failure or an empty answer never takes an address away, however old', () => {
  expect(texts(updatePortalList(known('1.1.1.1'), found(null), [], NOW + 10 * GRACE_MS))).toEqual(['1.1.1.1']);
  expect(texts(updatePortalList(known('1.1.1.1'), found([]), [], NOW + 10 * GRACE_MS))).toEqual(['1.1.1.1']);
});

test('an address that vanished stays a day and goes then', () => {
  const before = known('1.1.1.1', '1.1.1.2', '1.1.1.3');
  const answer = found(['1.1.1.1', '1.1.1.2']);
  expect(texts(updatePortalList(before, answer, [], NOW + GRACE_MS - 1))).toHaveLength(3);
  expect(texts(updatePortalList(before, answer, [], NOW + GRACE_MS))).toEqual(['1.1.1.1', '1.1.1.2']);
});

test('a shrink by more than half is held, for as long as it lasts', () => {
  const first = updatePortalList(known('1.1.1.1', '1.1.1.2', '1.1.1.3'), found(['1.1.1.1']), [], NOW + 1);
  expect(first.held).toEqual(['p']);
  const later = updatePortalList(first.addresses, found(['1.1.1.1']), [], NOW + 5 * GRACE_MS);
  expect(later.held).toEqual(['p']);
  expect(texts(later)).toHaveLength(3);
});

test('complaint 6: what a host of a CDN answered within a day is all kept, and does not grow without end', () => {
  const grown = Array.from({ length: 500 }, (_, at) => at).reduce(
    (addresses, at) =>
      updatePortalList(addresses, found([`10.0.${at >> 8}.${at & 255}`]), [], NOW + at * 60_000).addresses,
    known(),
  );
  expect(grown).toHaveLength(MOST_ADDRESSES);
  // The last of them all: whatever a browser may have been given is still reachable.
  const last = Array.from({ length: MOST_ADDRESSES }, (_, at) => 500 - 1 - at).map(
    (at) => `10.0.${at >> 8}.${at & 255}`,
  );
  expect(grown.map(({ address }) => address).sort()).toEqual(last.sort());
});

test('what is answered now is kept in a full list too, when the clock was set back', () => {
  const full = Array.from({ length: MOST_ADDRESSES }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
  const update = updatePortalList(known(...full), found(['203.0.113.9']), [], NOW - 100 * GRACE_MS);
  expect(texts(update)).toContain('203.0.113.9');
  expect(update.full).toEqual(['p']);
});

test('a pool of a hundred, four a minute: after the first round over it nothing comes and nothing goes', () => {
  const answer = (minute: number): readonly string[] =>
    Array.from({ length: 4 }, (_, at) => `198.51.100.${(minute * 4 + at) % 100}`);
  const days = Array.from({ length: 24 * 60 }, (_, minute) => minute);
  const sizes = new Set<string>();
  days.reduce((list, minute) => {
    const { addresses } = updatePortalList(list, found(answer(minute)), [], NOW + minute * 60_000);
    if (minute > 25)
      sizes.add(
        addresses
          .map(({ address }) => address)
          .sort()
          .join(' '),
      );
    return addresses;
  }, known());
  expect(sizes.size).toBe(1);
});

test('a portal domain that was left, and an address taken out of the config, stay a day', () => {
  const before = [
    ...known('1.1.1.1'),
    { address: '9.9.9.9', host: 'config', use: 'portal', firstSeen: 1, lastSeen: NOW } as const,
  ];
  const answer = [{ host: 'new', use: 'portal', addresses: ['2.2.2.2'] }] as const;
  expect(texts(updatePortalList(before, answer, [], NOW + GRACE_MS - 1))).toEqual(['1.1.1.1', '2.2.2.2', '9.9.9.9']);
  expect(texts(updatePortalList(before, answer, [], NOW + GRACE_MS))).toEqual(['2.2.2.2']);
});

test('other hosts no longer wanted go at once, fixed addresses stay, hosts without any address are named', () => {
  const update = updatePortalList(
    known('1.1.1.1').map((entry) => ({ ...entry, use: 'garden' })),
    [{ host: 'q', use: 'garden', addresses: null }],
    [{ address: '2.2.2.2', use: 'always' }],
    NOW,
  );
  expect(texts(update)).toEqual(['2.2.2.2']);
  expect(update.unknown).toEqual(['q']);
});

test('I4: with a clock that was set back what is answered now is the portal’s, and what vanished has its day', () => {
  const before = known('1.1.1.1', '1.1.1.2');
  const back = NOW - 365 * GRACE_MS;
  const { addresses } = updatePortalList(before, found(['1.1.1.3', '1.1.1.4']), [], back);
  const gone = listAddresses(addresses).filter(({ isGone }) => isGone === true);
  expect(gone.map(({ address }) => address).sort()).toEqual(['1.1.1.1', '1.1.1.2']);
  const later = updatePortalList(addresses, found(['1.1.1.3', '1.1.1.4']), [], back + GRACE_MS - 2);
  expect(texts(later)).toHaveLength(4);
  expect(texts(updatePortalList(later.addresses, found(['1.1.1.3', '1.1.1.4']), [], back + GRACE_MS))).toEqual([
    '1.1.1.3',
    '1.1.1.4',
  ]);
});

test('with a clock that was set back a domain that was left goes after its day all the same', () => {
  const { addresses } = updatePortalList(known('1.1.1.1'), [], [], NOW - 365 * GRACE_MS);
  expect(texts({ addresses, held: [], full: [], unknown: [], voided: new Map() })).toEqual(['1.1.1.1']);
  expect(texts(updatePortalList(addresses, [], [], NOW - 364 * GRACE_MS))).toEqual([]);
});

test('I4: a confirmation of before a clock was set back lets nothing go, then or when the clock has caught up', () => {
  const ten = Array.from({ length: 10 }, (_, at) => `198.51.100.${at + 1}`);
  const one = found(ten.slice(0, 1));
  const back = NOW - 10 * GRACE_MS;
  const confirmed = new Map([['p', NOW]]);
  const first = updatePortalList(known(...ten), found(ten), [], back, confirmed);
  expect(first.voided).toEqual(confirmed);
  // A confirmation that nobody took away, as well as one that somebody did.
  for (const still of [confirmed, new Map<string, number>()]) {
    const vanished = updatePortalList(first.addresses, one, [], back + GRACE_MS, still);
    expect([vanished.held, texts(vanished)]).toEqual([['p'], [...ten].sort()]);
  }
});

test('I4: what was answered after a confirmation is not told of before it when the clock was set back by little', () => {
  const ten = Array.from({ length: 10 }, (_, at) => `198.51.100.${at + 1}`);
  const back = NOW - 60_000;
  const confirmed = new Map([['p', back]]);
  const first = updatePortalList(known(...ten), found(ten.slice(0, 1)), [], back, confirmed);
  expect(first.voided).toEqual(confirmed);
  const later = updatePortalList(first.addresses, found(ten.slice(0, 1)), [], back + 2 * GRACE_MS);
  expect([later.held, texts(later)]).toEqual([['p'], [...ten].sort()]);
});

test('a confirmation stands where the clock was not set back under it', () => {
  const three = known('1.1.1.1', '1.1.1.2', '1.1.1.3');
  const update = updatePortalList(three, found(['1.1.1.1']), [], NOW + GRACE_MS, new Map([['p', NOW + GRACE_MS]]));
  expect([update.voided.size, update.held, texts(update)]).toEqual([0, [], ['1.1.1.1']]);
});
