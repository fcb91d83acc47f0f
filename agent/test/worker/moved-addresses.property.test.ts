import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startLabRouter, type LabRouter } from '../../../lab/routeros/router.ts';
import type { Wish } from '../../core/desired/live.ts';
import { converge, openSession } from './convergence.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 24);
const PASSES = 6;
const LIST = '/ip/firewall/address-list';
const SESSIONS = '/ppp/active';
const LEASES = '/ip/dhcp-server/lease';

/** Few addresses and many who want them: nearly every run has somebody at another's. */
const addressAt = (at: number): string => `100.64.3.${String(at)}`;
const PREFIX = '100.64.3.8/29';
const isInPrefix = (address: string): boolean => Number(address.split('.')[3]) >= 8;
const macAt = (at: number): string => `aabbcc0000${String(10 + at)}`;

interface World {
  readonly wishes: readonly Wish[];
  readonly sessions: readonly { readonly name: string; readonly address: string }[];
  readonly leases: readonly { readonly mac: string; readonly address: string }[];
}

/** Who somebody is and what is declared of him stays; what is wanted of him changes. */
const peopleArbitrary = fc.tuple(
  ...Array.from({ length: 6 }, (_, at) =>
    fc.record({
      at: fc.constant(at),
      identity: fc.constantFrom('static' as const, 'ppp' as const, 'ppp' as const, 'mac' as const, 'same-ppp' as const),
      declares: fc.constantFrom('nothing' as const, 'one' as const, 'two' as const, 'prefix' as const),
    }),
  ),
);
type People = typeof peopleArbitrary extends fc.Arbitrary<infer T> ? T : never;

const wantArbitrary = fc.array(fc.constantFrom('cut', 'cut', 'auto-off', 'notice', 'nothing'), {
  minLength: 6,
  maxLength: 6,
});
const poolArbitrary = fc.integer({ min: 0, max: 15 }).map(addressAt);
const sessionsArbitrary = fc.array(
  fc.record({
    name: fc.constantFrom('u0', 'u1', 'u2', 'u3', 'u4', 'u5', 'shared', 'stranger'),
    address: poolArbitrary,
  }),
  { maxLength: 8 },
);
const leasesArbitrary = fc.uniqueArray(
  fc.record({ mac: fc.integer({ min: 0, max: 7 }).map(macAt), address: poolArbitrary }),
  { maxLength: 5, selector: ({ mac }) => mac },
);

function wishesOf(people: People, wants: readonly string[]): readonly Wish[] {
  return people.map(({ at, identity, declares }) => {
    const id = `s${String(at)}`;
    const declared = {
      nothing: identity === 'static' ? [addressAt(at)] : [],
      one: [addressAt(at)],
      two: [addressAt(at), `2001:db8:64::${String(at + 10)}`],
      // One has the prefix, so that those who are known by addresses alone never share.
      prefix: at === 5 ? [PREFIX] : [addressAt(at)],
    }[declares];
    const named = {
      static: {},
      ppp: { ppp: `u${String(at)}` },
      mac: { mac: macAt(at) },
      'same-ppp': { ppp: 'shared' },
    };
    const want = wants[at] ?? 'nothing';
    const isCut = want === 'cut' || want === 'auto-off';
    return {
      id,
      subscriber: {
        name: id,
        router: 'r0',
        addresses: declared,
        ...named[identity],
        ...(want === 'auto-off' ? { autoCut: false } : {}),
      },
      cutoff: isCut
        ? { value: { reason: 'x' }, operation: `cut-${id}`, since: 0, notBefore: null, notAfter: null }
        : null,
      notices: want === 'notice' ? [{ kind: 'custom', value: {}, operation: `n-${id}`, start: null, end: null }] : [],
    };
  });
}

/** The rules of design §3 once more, as plainly as can be: where a subscriber would be. */
function placesOf({ sessions, leases }: World, { subscriber: { addresses, ppp, mac } }: Wish): readonly string[] {
  const shown = [
    ...sessions.filter(({ name }) => name === ppp).map(({ address }) => address),
    ...leases.filter((lease) => lease.mac === mac).map(({ address }) => address),
  ];
  const isDeclared = (address: string): boolean =>
    addresses.includes(address) || (addresses.includes(PREFIX) && isInPrefix(address));
  const hasMoved = shown.some((address) => !isDeclared(address));
  const kept = hasMoved ? addresses.filter((text) => text === PREFIX || text.includes(':')) : addresses;
  return [...new Set([...kept, ...shown.filter((text) => !kept.includes(PREFIX) || !isInPrefix(text))])];
}

/** Those of them at which nobody else is. */
function ownAddresses(world: World, wish: Wish): readonly string[] {
  const { wishes, sessions, leases } = world;
  const { ppp, mac } = wish.subscriber;
  const isNamed = (name: string | null, who: string | null): boolean =>
    wishes.some(({ subscriber }) => (name === null ? subscriber.mac === who : subscriber.ppp === name));
  const isAnothers = (own: string): boolean => {
    const isThere = ({ address }: { address: string }): boolean =>
      address === own || (own === PREFIX && isInPrefix(address));
    const strangers = sessions.filter(isThere).filter(({ name }) => name !== ppp);
    const devices = leases.filter(isThere).filter((lease) => lease.mac !== mac);
    if (ppp !== undefined || mac !== undefined) return strangers.length + devices.length > 0;
    return strangers.some(({ name }) => isNamed(name, null)) || devices.some((lease) => isNamed(null, lease.mac));
  };
  return placesOf(world, wish).filter((text) => !isAnothers(text));
}

interface Found {
  readonly address: string;
  readonly subscriber: string;
}

function ownRows(router: LabRouter, list: string): readonly Found[] {
  return [...router.table(LIST).rows(), ...router.table('/ipv6/firewall/address-list').rows()]
    .filter((row) => row['list'] === list)
    .map((row) => ({
      address: (row['address'] ?? '').replace(/\/128$/, ''),
      subscriber: (row['comment'] ?? '').split(':')[2] ?? '',
    }));
}

/**
 * Addresses of rows of ours that are not the own address of somebody who shall be so; `strays` only those that are not even
 * the own address of the one they were written for.
 */
function wrong(router: LabRouter, world: World, only: 'all' | 'strays' = 'all'): readonly string[] {
  const isHis = ({ address, subscriber }: Found): boolean =>
    world.wishes.some((wish) => wish.id === subscriber && ownAddresses(world, wish).includes(address));
  const has = (list: string, isWanted: (wish: Wish) => boolean): readonly string[] => {
    const good = new Set(world.wishes.filter(isWanted).flatMap((wish) => ownAddresses(world, wish)));
    return ownRows(router, list)
      .filter((row) => !good.has(row.address) && (only === 'all' || !isHis(row)))
      .map(({ address }) => `${list} ${address}`);
  };
  return [
    ...has('Moroso', ({ cutoff }) => cutoff !== null),
    // A cut outranks a notice, and one that is held by the mark of its subscriber leaves what stands.
    ...has('Aviso', ({ cutoff, notices }) => notices.length > 0 || cutoff !== null),
  ];
}

function show(router: LabRouter, { sessions, leases }: World): void {
  for (const menu of [SESSIONS, LEASES])
    router.table(menu).remove(
      ...router
        .table(menu)
        .rows()
        .flatMap((row) => row['.id'] ?? []),
    );
  for (const { name, address } of sessions) router.connectPpp(name, address);
  for (const { mac, address } of leases) router.lease(mac, address);
}

test.each(['6.49', '7.24'] as const)(
  'complaint 20: on %s, whoever moves where, nobody but the wanted is in our rows, and no step adds somebody',
  async (version) => {
    await fc.assert(
      fc.asyncProperty(
        peopleArbitrary,
        fc.array(fc.tuple(wantArbitrary, sessionsArbitrary, leasesArbitrary), { minLength: 2, maxLength: 4 }),
        async (people, turns) => {
          const router = await startLabRouter({ version, preset: 'empty' });
          const session = await openSession(router);
          try {
            for (const [wants, sessions, leases] of turns) {
              const world = { wishes: wishesOf(people, wants), sessions, leases };
              show(router, world);
              let before = wrong(router, world);
              const harm: string[] = [];
              const stop = router.onCommand(({ path, attributes }) => {
                const now = wrong(router, world);
                harm.push(...now.filter((one) => !before.includes(one)).map((one) => `${path} made ${one}`));
                const isBlocking = path === `${LIST}/add` && attributes.get('list') === 'Moroso';
                const strays = isBlocking ? wrong(router, world, 'strays') : [];
                if (strays.length > 0) harm.push(`blocked before ${strays.join(' ')} was gone`);
                before = now;
              });
              await converge(session, world.wishes, PASSES);
              stop();
              expect(harm).toEqual([]);
              expect(wrong(router, world)).toEqual([]);
              const cut = ownRows(router, 'Moroso').map(({ address }) => address);
              expect(new Set(cut).size).toBe(cut.length);
              // An address and the prefix that it lies in meet, from either side.
              const meets = (one: string, other: string): boolean =>
                one === other || (one === PREFIX && isInPrefix(other)) || (other === PREFIX && isInPrefix(one));
              const holders = (text: string): number =>
                world.wishes.filter((wish) => ownAddresses(world, wish).some((own) => meets(own, text))).length;
              // Who shall be cut and is alone at his addresses is cut at all of them.
              for (const wish of world.wishes) {
                const own = ownAddresses(world, wish);
                const isAlone = own.every((text) => holders(text) === 1);
                const isWanted = wish.cutoff !== null && wish.subscriber.autoCut !== false;
                const isSure = own.length > 0 && own.length === placesOf(world, wish).length;
                const isStanding = ownRows(router, 'Moroso').some(({ subscriber }) => subscriber === wish.id);
                if (isWanted && isAlone && (isSure || isStanding))
                  expect(cut).toEqual(expect.arrayContaining([...own]));
              }
              router.resetStats();
              await converge(session, world.wishes, 1);
              expect(router.stats.writes).toEqual({});
            }
          } finally {
            await session.close();
            await router.close();
          }
        },
      ),
      {
        numRuns: RUNS,
        ...(process.env['PROPERTY_SEED'] === undefined ? {} : { seed: Number(process.env['PROPERTY_SEED']) }),
      },
    );
  },
  60_000,
);
