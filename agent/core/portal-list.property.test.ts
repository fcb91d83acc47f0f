import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PortalAddress } from '../../schemas/portal.ts';
import { GRACE_MS, MOST_ADDRESSES, updatePortalList, type HostFinding } from './portal-list.ts';

const HOUR = 3_600_000;
const DOMAINS = ['one.example', 'two.example'] as const;
const GARDEN = 'js.example';
const POOL = Array.from({ length: 12 }, (_, n) => (n % 3 === 2 ? `2001:db8::${n}` : `198.51.100.${n}`));

/** What one round meets: how long after the last, which domain is wanted, and what each host's resolvers answered. */
interface Met {
  readonly afterMs: number;
  readonly domain: (typeof DOMAINS)[number];
  readonly answers: readonly (readonly string[] | null)[];
  readonly unanswered: readonly (4 | 6)[];
  /** A person confirms, before the round, that what vanished is gone. */
  readonly isConfirmed: boolean;
}

const met: fc.Arbitrary<Met> = fc.record({
  afterMs: fc.oneof(
    fc.constantFrom(30_000, 60_000, HOUR),
    fc.constantFrom(GRACE_MS - 1, GRACE_MS, 3 * GRACE_MS),
    // The clock was set back: a box without one of its own begins at some time in the past.
    fc.constantFrom(-1, -60_000, -GRACE_MS, -3 * GRACE_MS, -400 * GRACE_MS),
  ),
  domain: fc.oneof({ weight: 9, arbitrary: fc.constant(DOMAINS[0]) }, fc.constant(DOMAINS[1])),
  answers: fc.tuple(
    ...([0, 1] as const).map(() =>
      fc.oneof(
        fc.constant(null),
        fc.constant([]),
        fc.subarray(POOL, { minLength: 1, maxLength: 6 }),
        // A rotating CDN: addresses that never come again.
        fc.integer({ min: 0, max: 65_535 }).map((n) => [`203.0.${n >> 8}.${n & 255}`]),
        // One with a pool that fills the list at once.
        fc.integer({ min: 0, max: 255 }).map((n) => Array.from({ length: 200 }, (_, at) => `203.1.${n}.${at}`)),
      ),
    ),
  ),
  isConfirmed: fc.oneof({ weight: 19, arbitrary: fc.constant(false) }, fc.constant(true)),
  unanswered: fc.constantFrom<readonly (4 | 6)[]>([], [], [4], [6]),
});

const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);

test('over any history of DNS: no live address is lost, nothing goes before a day, and the list neither empties nor swells', () => {
  fc.assert(
    fc.property(fc.array(met, { minLength: 1, maxLength: 60 }), (history) => {
      let now = 1_800_000_000_000;
      let list: readonly PortalAddress[] = [];
      const confirmed = new Map<string, number>();
      // What a confirmation speaks of, whatever any clock says: what was known then, until it is answered again.
      const spokenOf = new Map<string, Set<string>>();
      for (const { afterMs, domain, answers, unanswered, isConfirmed } of history) {
        for (const host of isConfirmed ? [domain, GARDEN] : []) {
          confirmed.set(host, now + 1);
          spokenOf.set(host, new Set(list.filter((entry) => entry.host === host).map(({ address }) => address)));
        }
        now += afterMs;
        const asked = [domain, GARDEN].map((host, at): HostFinding => {
          const found = answers[at] ?? null;
          const addresses = found?.filter((address) => !unanswered.includes(familyOf(address))) ?? null;
          const isAnswered = addresses !== null && addresses.length > 0;
          return { host, use: at === 0 ? 'portal' : 'garden', addresses, unanswered: isAnswered ? unanswered : [] };
        });
        const before = list;
        const update = updatePortalList(before, asked, [], now, confirmed);
        list = update.addresses;
        for (const host of update.voided.keys()) confirmed.delete(host);
        for (const finding of asked) {
          const meant = spokenOf.get(finding.host) ?? new Set();
          for (const address of finding.addresses ?? []) meant.delete(address);
          check(finding, before, list, now, meant);
        }
        checkDrained(domain, before, list, now);
      }
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 300) },
  );
});

function check(
  { host, use, addresses, unanswered = [] }: HostFinding,
  before: readonly PortalAddress[],
  after: readonly PortalAddress[],
  now: number,
  meant: ReadonlySet<string>,
): void {
  const ofHost = (list: readonly PortalAddress[]): readonly PortalAddress[] =>
    list.filter((entry) => entry.host === host && entry.use === use);
  const [old, kept] = [ofHost(before), ofHost(after)];
  const texts = new Set(kept.map(({ address }) => address));
  // What is answered now is in the list, seen now.
  for (const address of addresses ?? []) expect(kept.find((entry) => entry.address === address)?.lastSeen).toBe(now);
  expect(kept.length).toBeLessThanOrEqual(MOST_ADDRESSES);
  expect(texts.size).toBe(kept.length);
  if (old.length > 0) expect(kept.length).toBeGreaterThan(0);
  const gone = old.filter(({ address }) => !texts.has(address));
  const isFull = kept.length === MOST_ADDRESSES;
  if (isFull && gone.length > 0) {
    // No more goes than there is no room for, and only those seen longest ago.
    const expired = gone.filter(({ lastSeen }) => now - lastSeen >= GRACE_MS).length;
    const fresh = (addresses ?? []).filter((address) => !old.some((entry) => entry.address === address)).length;
    expect(gone.length).toBeLessThanOrEqual(Math.max(expired, old.length + fresh - MOST_ADDRESSES));
    // By the times from before: after a clock was set back those of what was kept are told by the new one.
    const stayed = new Set(kept.filter(({ lastSeen }) => lastSeen !== now).map(({ address }) => address));
    const oldestKept = Math.min(...old.filter(({ address }) => stayed.has(address)).map(({ lastSeen }) => lastSeen));
    // What was answered for and is over goes by its own day, room or not.
    const byAge = (entry: PortalAddress): boolean =>
      now - entry.lastSeen >= GRACE_MS && !unanswered.includes(familyOf(entry.address));
    for (const entry of gone) if (!byAge(entry)) expect(entry.lastSeen).toBeLessThanOrEqual(oldestKept);
  }
  for (const entry of gone) {
    // Only room makes an address go before its day is over, and then one that was seen after it stays.
    if (now - entry.lastSeen < GRACE_MS) expect(isFull).toBe(true);
    // Failure and silence take nothing away.
    expect(addresses === null || addresses.length === 0).toBe(false);
    if (!isFull) expect(unanswered).not.toContain(familyOf(entry.address));
  }
  // Never more than half at once, but of what a person confirmed.
  const unasked = gone.filter(({ address }) => !meant.has(address));
  if (!isFull) expect(unasked.length * 2).toBeLessThanOrEqual(new Set([...old.map((e) => e.address), ...texts]).size);
}

/** The domain that was left: its addresses stay for a day, for notices that lead there may still be standing. */
function checkDrained(
  domain: string,
  before: readonly PortalAddress[],
  after: readonly PortalAddress[],
  now: number,
): void {
  const left = (list: readonly PortalAddress[]): readonly string[] =>
    list
      .filter((entry) => entry.use === 'portal' && entry.host !== domain && now - entry.lastSeen < GRACE_MS)
      .map(({ host, address }) => `${host} ${address}`)
      .sort();
  expect(left(after)).toEqual(left(before));
}
