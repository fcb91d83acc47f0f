import { array, assert, constantFrom, property, record } from 'fast-check';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { confusedLines, WebKey } from './web-key.ts';

const key = constantFrom('', 'a', 'b', 'geheim-1');

test('a web key that is a SIP key of any row is told by its line, and by no other', () => {
  assert(
    property(array(record({ web: key, sip: key }), { maxLength: 6 }), (rows) => {
      const told = confusedLines(
        rows.map(({ web, sip }, at) => ({ line: at + 2, webKey: new WebKey(` ${web}`), sipKey: sip })),
      );
      const expected = rows.flatMap(({ web }, at) =>
        web !== '' && rows.some(({ sip }) => sip === web) ? [at + 2] : [],
      );
      expect(told).toEqual(expected);
    }),
  );
});

test('I9: there is no way from a web key to its text', () => {
  const webKey = new WebKey('geheim-1');
  expect([JSON.stringify({ webKey }), inspect(webKey)].join(' ')).not.toContain('geheim');
});
