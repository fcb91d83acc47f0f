import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAddress, type Address } from '../../schemas/address.ts';
import { foreignCuts } from './foreign-cuts.ts';
import type { Row } from './row.ts';

const none = (): boolean => false;

function at(text: string): Address {
  const address = parseAddress(text);
  if (address === null) throw new Error(text);
  return address;
}

function row(address: string, over: Readonly<Record<string, string>> = {}): Row {
  return new Map(Object.entries({ '.id': `*${address}`, list: 'Moroso', address, ...over }));
}

test('hosts, prefixes and ranges cover what lies in them, and touch what they share a part with', () => {
  const cuts = foreignCuts([row('10.0.0.7'), row('10.1.0.0/24'), row('10.2.0.1-10.2.0.9')], 'Moroso', none);
  expect(cuts.covering(at('10.0.0.7'))?.get('address')).toBe('10.0.0.7');
  expect(cuts.covering(at('10.1.0.200'))?.get('address')).toBe('10.1.0.0/24');
  expect(cuts.covering(at('10.2.0.9'))?.get('address')).toBe('10.2.0.1-10.2.0.9');
  expect(cuts.covering(at('10.2.0.10'))).toBeNull();
  expect(cuts.covering(at('10.0.0.0/29'))).toBeNull();
  expect(cuts.touching(at('10.0.0.0/29'))?.get('address')).toBe('10.0.0.7');
});

test('rows of ours, of other lists, disabled ones, claimed ones and names do not count', () => {
  const rows = [
    row('10.0.0.1', { comment: 'wisp-edge:cutoff:s1' }),
    row('10.0.0.2', { list: 'Aviso' }),
    row('10.0.0.3', { disabled: 'true' }),
    row('10.0.0.4'),
    row('my-host.example'),
  ];
  const cuts = foreignCuts(rows, 'Moroso', (one) => one.get('address') === '10.0.0.4');
  expect(cuts.size).toBe(0);
});

test('the index finds what a look at every row finds', () => {
  const host = fc.integer({ min: 0, max: 63 });
  const text = fc.oneof(
    host.map((low) => `10.0.0.${low}`),
    fc.tuple(host, fc.integer({ min: 27, max: 31 })).map(([low, length]) => `10.0.0.${low}/${length}`),
  );
  const span = ({ bytes, length }: Address): readonly [number, number] => {
    const low = bytes[3] ?? 0;
    return [low, low + 2 ** (32 - length) - 1];
  };
  fc.assert(
    fc.property(fc.array(text, { maxLength: 20 }), text, (texts, asked) => {
      const cuts = foreignCuts(
        texts.map((one) => row(one)),
        'Moroso',
        none,
      );
      const [from, to] = span(at(asked));
      const spans = texts.map((one) => span(at(one)));
      expect(cuts.covering(at(asked)) !== null).toBe(spans.some(([low, high]) => low <= from && high >= to));
      expect(cuts.touching(at(asked)) !== null).toBe(spans.some(([low, high]) => low <= to && high >= from));
    }),
  );
});
