import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObservedRouter } from '../observed.ts';
import { stepsOf } from '../plan/plan.ts';
import type { Step } from '../plan/step.ts';
import type { Menu, Row } from '../row.ts';
import { handBack } from './hand-back.ts';
import type { TakenRow } from './state.ts';

const PAGES: Menu = '/ip/proxy/access';

test.each([
  { gone: 'the first', all: 'abcd', stays: 'bcd', back: { a: 'b' } },
  { gone: 'one between', all: 'abcd', stays: 'acd', back: { b: 'c' } },
  { gone: 'several in a row', all: 'abcde', stays: 'ae', back: { b: 'e', c: 'e', d: 'e' } },
  { gone: 'the last two', all: 'abcd', stays: 'ab', back: { c: 'end', d: 'end' } },
  { gone: 'here and there', all: 'abcdef', stays: 'bd', back: { a: 'b', c: 'd', e: 'end', f: 'end' } },
  { gone: 'all', all: 'abc', stays: '', back: { a: 'end', b: 'end', c: 'end' } },
])('I3: where $gone of WispHub’s pages went, each comes back before the next that stands', ({ all, stays, back }) => {
  const taken = all.split('').map(page);
  expect(
    anchorsOf(
      handBackOf(
        taken,
        taken.filter(({ id }) => stays.includes(id.slice(1))),
      ),
    ),
  ).toEqual(back);
});

test('I3: rows of one place, recorded in different passes, come back before what follows both', () => {
  const taken = [page('a', 0), page('b', 1), page('c', 1), page('d', 2), page('e', 2)];
  const standing = taken.filter(({ id }) => ['*c', '*d', '*e'].includes(id));
  expect(anchorsOf(handBackOf(taken, standing))).toEqual({ a: 'c', b: 'd' });
});

test('I3: rules of one menu are no anchor in another', () => {
  const accept: TakenRow = {
    menu: '/ip/firewall/nat',
    id: '*n',
    place: 0,
    values: { chain: 'dstnat', action: 'accept' },
  };
  const steps = handBackOf([accept, page('a', 1)], [page('a', 1)]);
  expect(steps).toMatchObject([{ kind: 'add', menu: '/ip/firewall/nat', before: { by: 'end' } }]);
});

test('I3: whichever of WispHub’s rows went, and whatever else is there, the rest comes back in their order', () => {
  const rows = fc.array(fc.constantFrom('stays', 'gone', 'strange'), { maxLength: 30 });
  fc.assert(
    fc.property(rows, (kinds) => {
      const all = kinds.map((kind, place) => ({ kind, row: page(String(place), place) }));
      const taken = all.filter(({ kind }) => kind !== 'strange').map(({ row }) => row);
      const menu = all.filter(({ kind }) => kind !== 'gone').map(({ row }) => row);
      const ids = menu.map(({ id }) => id);
      for (const step of handBackOf(taken, menu)) add(ids, step);
      const theirs = new Set(taken.map(({ id }) => id));
      expect(ids.filter((id) => theirs.has(id))).toEqual(taken.map(({ id }) => id));
    }),
  );
});

test('four times the pages that an engineer removed are no more than five times the work', () => {
  expect(workOf(4000)).toBeLessThan(5 * workOf(1000));
});

function page(name: string, place: number): TakenRow {
  const values = {
    'src-address': `100.64.0.${name}`,
    action: 'redirect',
    comment: `${name}-Moroso`,
    disabled: 'false',
  };
  return { menu: PAGES, id: `*${name}`, place, values };
}

/** What comes back to a router that has only these rows. */
function handBackOf(taken: readonly TakenRow[], standing: readonly TakenRow[]): readonly Step[] {
  const rows = standing.map(({ id, values }): Row => new Map([['.id', id], ...Object.entries(values)]));
  const observed: ObservedRouter = {
    tables: new Map([[PAGES, rows]]),
    missing: new Set(),
    version: '7.24',
    dialect: 'action-data',
    deviceMode: null,
    ownAddresses: [],
  };
  const { stages } = handBack({
    observed,
    settings: {
      lists: { cutoff: 'Moroso', notice: 'Aviso', portal: 'server_wisphub', always: 'a', once: 'o', seen: 's' },
    },
    taken,
    live: [],
    frozen: new Set(),
    restored: new Set(),
    portalAddresses: [],
    plan: { stages: [] },
  });
  return stepsOf({ stages });
}

function anchorsOf(steps: readonly Step[]): Readonly<Record<string, string>> {
  return Object.fromEntries(steps.map((step) => [nameOf(step), (anchorOf(step) ?? '*end').slice(1)]));
}

/** Null is the end of the menu. */
function anchorOf(step: Step): string | null {
  return step.kind === 'add' && step.before?.by === 'id' ? step.before.id : null;
}

function nameOf(step: Step): string {
  return step.kind === 'add' ? (step.values['comment'] ?? '').replace('-Moroso', '') : step.kind;
}

function add(ids: string[], step: Step): void {
  const before = anchorOf(step);
  ids.splice(before === null ? ids.length : ids.indexOf(before), 0, `*${nameOf(step)}`);
}

/** How often places were looked at until all of so many pages came back. */
function workOf(count: number): number {
  let looks = 0;
  const taken = Array.from({ length: count }, (_, place): TakenRow => {
    const { menu, id, values } = page(String(place), place);
    return {
      menu,
      id,
      values,
      get place() {
        looks += 1;
        return place;
      },
    };
  });
  expect(handBackOf(taken, [])).toHaveLength(count);
  return looks;
}
