import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NOBODY_RELEASED } from './brake.ts';
import { decided, type Decided } from './decided.ts';
import type { DecisionInput } from './decision.ts';
import type { Wish } from './desired/live.ts';
import { isSameGround, isWithin, spanOf } from './ground.ts';
import { keepTables } from './kept-tables.ts';
import { NOTHING_AROUND } from './adopt/state.ts';
import { inForce } from './in-force.ts';
import type { RouterSettings } from './settings.ts';
import type { ObservedRouter } from './observed.ts';
import type { Menu, Row } from './row.ts';
import { isSame } from './same.ts';

const LIST = '/ip/firewall/address-list';
const PROXY = '/ip/proxy/access';

/** Everything that varies, small enough for one history to come back to where it was. */
interface Scene {
  readonly now: number;
  readonly people: readonly {
    readonly cut: boolean;
    readonly from: number | null;
    readonly until: number | null;
    readonly notice: boolean;
    readonly address: number;
  }[];
  readonly rows: readonly {
    readonly id: number;
    readonly kind: 'cutoff' | 'notice' | 'foreign';
    readonly off: boolean;
  }[];
  readonly proxyOn: boolean;
  readonly admitted: readonly number[];
  readonly isReleased: boolean;
  readonly portalAddress: boolean;
  readonly listener: 'listening' | 'down';
  readonly claims: readonly number[];
  readonly dropped: readonly number[];
  readonly departed: boolean;
  readonly count: number;
}

const time = fc.option(
  fc.integer({ min: 0, max: 12 }).map((at) => at * 10),
  { nil: null },
);
const few = fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
const SCENE: fc.Arbitrary<Scene> = fc.record({
  now: fc.integer({ min: 0, max: 120 }),
  people: fc.array(
    fc.record({
      cut: fc.boolean(),
      from: time,
      until: time,
      notice: fc.boolean(),
      address: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 4 },
  ),
  rows: fc.array(
    fc.record({
      id: fc.integer({ min: 0, max: 4 }),
      kind: fc.constantFrom('cutoff' as const, 'notice' as const, 'foreign' as const),
      off: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  proxyOn: fc.boolean(),
  admitted: few,
  isReleased: fc.boolean(),
  portalAddress: fc.boolean(),
  listener: fc.constantFrom('listening' as const, 'down' as const),
  claims: few,
  dropped: few,
  departed: fc.boolean(),
  count: fc.integer({ min: 0, max: 2 }),
});

/** One scene after another that differs in one thing, or in nothing but the time, or in all. */
const HISTORY = fc
  .tuple(
    SCENE,
    fc.array(
      fc.tuple(
        SCENE,
        fc.constantFrom<keyof Scene | 'all'>(
          'now',
          'now',
          'now',
          'people',
          'rows',
          'proxyOn',
          'admitted',
          'isReleased',
          'portalAddress',
          'listener',
          'claims',
          'dropped',
          'departed',
          'count',
          'all',
        ),
      ),
      { minLength: 1, maxLength: 8 },
    ),
  )
  .map(([first, turns]) => {
    const scenes = [first];
    for (const [other, what] of turns) {
      const last = scenes.at(-1) ?? first;
      scenes.push(what === 'all' ? other : { ...last, [what]: other[what] });
    }
    return scenes;
  });

const SETTINGS: RouterSettings = {
  router: 'r0',
  mode: 'manage',
  lists: { cutoff: 'Moroso', notice: 'Aviso', portal: 'P', always: 'A', once: 'O', seen: 'S' },
  backend: { kind: 'web-proxy' },
  port: 999,
  url: 'https://{domain}/{kind}/{subscriber}',
  seenMinutes: 5,
  redirect: 'auto',
};

function inputOf(scene: Scene): DecisionInput {
  const { people, rows, now } = scene;
  const wishes = people.map((one, at): Wish => ({
    id: `s${at}`,
    subscriber: { name: `s${at}`, router: 'r0', addresses: [`10.0.1.${one.address}`] },
    cutoff: one.cut
      ? { value: { reason: 'x' }, operation: `cut-${at}`, since: at, notBefore: one.from, notAfter: one.until }
      : null,
    notices: one.notice
      ? [{ kind: 'custom', value: {}, operation: `notice-${at}`, start: one.from, end: one.until }]
      : [],
  }));
  const keys = (numbers: readonly number[]): ReadonlySet<string> => new Set(numbers.map((at) => `cut-${at}/s${at}`));
  const observed = observedOf(rows, scene.proxyOn);
  return {
    wishes,
    departures: scene.departed ? [{ subscriber: 's9', operation: 'gone', named: false, since: 1 }] : [],
    portal: { domain: 'p.example', cnameTargets: [], addresses: [], walledGarden: [] },
    portalAddresses: scene.portalAddress ? [{ address: '198.51.100.10', host: 'p.example', use: 'portal' }] : [],
    operations: new Map(
      people.map((_, at) => [
        `cut-${at}`,
        { released: scene.isReleased ? 'all' : NOBODY_RELEASED, expectedCuts: null, cuts: 0 },
      ]),
    ),
    admitted: keys(scene.admitted),
    admittedBefore: { own: scene.admitted.map((at) => at * 20), others: 0 },
    claims: new Set(scene.claims.map((at) => `s${at}`)),
    restored: new Set(),
    dropped: keys(scene.dropped),
    observed,
    settings: inForce(SETTINGS, { observed, adoption: null, around: NOTHING_AROUND, redirect: null }),
    listener: scene.listener === 'listening' ? { kind: 'listening' } : { kind: 'down', detail: 'x' },
    strangeSources: [],
    limits: { percent: 0, count: 10, floor: scene.count, siteCount: 10, windowMinutes: 1 / 1000 },
    now,
  };
}

function observedOf(rows: Scene['rows'], proxyOn: boolean): ObservedRouter {
  const list = rows.map(({ id, kind, off }, at): Row => {
    const comment = kind === 'foreign' ? 'by hand' : `wisp-edge:${kind}:s${id}`;
    return new Map([
      ['.id', `*${at}`],
      ['list', kind === 'notice' ? 'Aviso' : 'Moroso'],
      ['address', `10.0.1.${id}`],
      ['comment', comment],
      ['disabled', String(off)],
    ]);
  });
  const tables = new Map<Menu, readonly Row[]>([
    [LIST, list],
    [PROXY, []],
    ['/ip/proxy', [new Map([['enabled', String(proxyOn)]])]],
  ]);
  return {
    tables,
    missing: new Set(),
    version: '7.24',
    dialect: 'action-data',
    deviceMode: null,
    ownAddresses: [],
  };
}

function tell({ decision, verdicts }: Decided): string {
  return JSON.stringify({ ...decision, verdicts: [...verdicts] }, (_, one: unknown) =>
    one instanceof Map || one instanceof Set ? [...one] : one,
  );
}

/** As a pass asks whether the last decision stands. */
function stands(last: Decided, input: DecisionInput): boolean {
  const isWithinSpan = isWithin(spanOf(last.decision, last.input.now), input.now);
  return isWithinSpan && isSame(last.input.wishes, input.wishes) && isSameGround(last.input, input);
}

test('a decision that stands is what a fresh one would be, whatever changed meanwhile', () => {
  let standing = 0;
  fc.assert(
    fc.property(HISTORY, (scenes) => {
      let last: Decided | null = null;
      for (const scene of scenes) {
        const input = inputOf(scene);
        const observed = keepTables(input.observed, last?.input.observed ?? null);
        if (last !== null && stands(last, { ...input, observed })) {
          standing += 1;
          expect(tell(last)).toBe(tell(decided(input)));
        } else last = decided({ ...input, observed });
      }
    }),
    { numRuns: Number(process.env['PROPERTY_RUNS'] ?? 150) },
  );
  expect(standing).toBeGreaterThan(20);
});

test('what was read anew and says the same is decided once', () => {
  const scene: Scene = {
    now: 5,
    people: [{ cut: true, from: null, until: 40, notice: true, address: 1 }],
    rows: [{ id: 0, kind: 'cutoff', off: false }],
    proxyOn: true,
    admitted: [0],
    isReleased: false,
    portalAddress: true,
    listener: 'listening',
    claims: [],
    dropped: [],
    departed: false,
    count: 2,
  };
  const first = decided(inputOf(scene));
  expect(stands(first, inputOf({ ...scene, now: 39 }))).toBe(true);
  expect(stands(first, inputOf({ ...scene, now: 40 }))).toBe(false);
  // A clock that was set back.
  expect(stands(first, inputOf({ ...scene, now: 4 }))).toBe(false);
  expect(stands(first, inputOf({ ...scene, rows: [{ id: 0, kind: 'cutoff', off: true }] }))).toBe(false);
});

test('a table that reads as before is the object of before', () => {
  const rows = [{ id: 0, kind: 'cutoff', off: false }] as const;
  const before = observedOf(rows, true);
  const kept = keepTables(observedOf(rows, false), before);
  expect(kept.tables.get(LIST)).toBe(before.tables.get(LIST));
  expect(kept.tables.get('/ip/proxy')).not.toBe(before.tables.get('/ip/proxy'));
});
