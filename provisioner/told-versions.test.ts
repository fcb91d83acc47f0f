import { expect, test } from 'vitest';
import type { ToldVersion } from '../store/phone-ports.ts';
import { servedPhone } from './test/http/phones.ts';
import { ToldVersions } from './told-versions.ts';

const PHONES = ['0c383e557eb1', '0c383e557eb2'].map((mac) => servedPhone(mac, []));
const [MAC = '', OTHER = ''] = PHONES.map(({ mac }) => mac);

/** A store that remembers over restarts, and a clock that stands where it is set. */
function world(): {
  seconds: number;
  readonly writes: (readonly ToldVersion[])[];
  /** Settles both phones on these contents, in a process of its own. */
  readonly settle: (...contents: readonly (string | null)[]) => Promise<readonly (number | undefined)[]>;
} {
  const rows = new Map<string, ToldVersion>();
  const writes: (readonly ToldVersion[])[] = [];
  const self = {
    seconds: 1_800_000_000,
    writes,
    async settle(...contents: readonly (string | null)[]) {
      const versions = new ToldVersions({
        store: {
          toldVersions: () => Promise.resolve([...rows.values()]),
          recordToldVersions(told) {
            writes.push(told);
            for (const one of told) rows.set(one.mac, one);
            return Promise.resolve();
          },
        },
        markOf: (content) => `mark of ${content}`,
        clock: { now: () => self.seconds * 1000 },
      });
      const settled = await versions.settle(PHONES, ({ mac }) => contents[mac === MAC ? 0 : 1] ?? null);
      return [settled.get(MAC), settled.get(OTHER)];
    },
  };
  return self;
}

test('I5: the same content keeps its version, whenever the process starts, and nothing is written', async () => {
  const site = world();
  const first = await site.settle('a', 'b');
  site.seconds += 86_400;
  expect(await site.settle('a', 'b')).toEqual(first);
  expect(site.writes.map((told) => told.map(({ mac }) => mac))).toEqual([[MAC, OTHER]]);
});

test('another content has a higher version, and so has the one before it when it comes back', async () => {
  const site = world();
  expect(await site.settle('a', 'b')).toEqual([1_800_000_000, 1_800_000_000]);
  expect(await site.settle('a2', 'b')).toEqual([1_800_000_001, 1_800_000_000]);
  expect(await site.settle('a', 'b')).toEqual([1_800_000_002, 1_800_000_000]);
  site.seconds -= 86_400;
  expect(await site.settle('a', 'b2')).toEqual([1_800_000_002, 1_800_000_001]);
});

test('I11: a box that was built anew is above all that the one before it told', async () => {
  const before = world();
  for (const content of ['a', 'b', 'c']) await before.settle(content);
  const [last] = await before.settle('d');
  const rebuilt = world();
  rebuilt.seconds = before.seconds + 60;
  expect((await rebuilt.settle('a'))[0]).toBeGreaterThan(last ?? 0);
});

test('a clock that is decades ahead does not use up the digits of a version', async () => {
  const site = world();
  await site.settle('a');
  site.seconds = 5_000_000_000;
  expect(await site.settle('b')).toEqual([1_800_000_001, undefined]);
});
