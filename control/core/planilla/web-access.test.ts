import { assert, constantFrom, dictionary, option, property, record, subarray } from 'fast-check';
import { expect, test } from 'vitest';
import type { Extension } from '../../../schemas/extension.ts';
import { webAccessGaps } from './web-access.ts';

const number = constantFrom('1001', '1002', '1003', '2001');
const extension = record({
  registrar: constantFrom('iplan', 'other'),
  email: option(constantFrom('a@example.net'), { nil: undefined }),
  webAccess: option(constantFrom('delegate' as const, 'establish' as const), { nil: undefined }),
}).map(({ registrar, email, webAccess }): Extension => ({
  ...{ registrar, displayName: 'Ana', owner: 'isp' },
  ...(email === undefined ? {} : { email }),
  ...(webAccess === undefined ? {} : { webAccess }),
}));

test('nothing stands against a set exactly when its rules hold for every extension that is changed', () => {
  assert(
    property(dictionary(number, extension), subarray(['1001', '1002', '1003', '2001', '9']), (given, touched) => {
      const all = new Map(Object.entries(given));
      const gaps = webAccessGaps(all, new Set(touched));
      const changed = touched.flatMap((one) => all.get(one) ?? []);
      const isMailed = changed.every(({ webAccess, email }) => webAccess !== 'delegate' || email !== undefined);
      const isWhole = changed.every(({ registrar }) => {
        const contracted = [...all.values()].filter((one) => one.registrar === registrar);
        const isEstablished = contracted.some(({ webAccess }) => webAccess === 'establish');
        return (
          !isEstablished || contracted.every(({ webAccess, email }) => webAccess === 'establish' && email !== undefined)
        );
      });
      expect(gaps.some(({ kind }) => kind === 'delegate-without-email')).toBe(!isMailed);
      expect(gaps.some(({ kind }) => kind === 'establish-incomplete')).toBe(!isWhole);
      // Only what is changed is told of, and every gap of a registrar at once.
      for (const gap of gaps) {
        expect(touched).toContain(gap.number);
        if (gap.kind !== 'establish-incomplete') continue;
        const lacks = ([, one]: readonly [string, Extension]): boolean =>
          one.registrar === all.get(gap.number)?.registrar &&
          (one.webAccess !== 'establish' || one.email === undefined);
        expect(gap.lacking).toEqual([...all].filter(lacks).map(([one]) => one));
      }
    }),
    { numRuns: 500 },
  );
});
