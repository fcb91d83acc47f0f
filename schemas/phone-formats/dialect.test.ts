import { expect, test } from 'vitest';
import { dialectOf, SERVED_VENDORS } from './dialect.ts';

test('the model says which of its two ways a Fanvil reads; one that nobody named is a new one', () => {
  const dialect = (model?: string): string | null =>
    dialectOf({ vendor: 'fanvil', ...(model === undefined ? {} : { model }) });
  for (const model of ['X3', 'X3S', 'X3SP', 'x3p', 'X3G', 'X4', 'X4G', 'X5', 'Fanvil C58P', 'fanvil-c62', 'X2P', 'H5'])
    expect(`${model} ${dialect(model)}`).toBe(`${model} fanvil-text`);
  for (const model of [
    'X3SG',
    'X3U',
    'X3U Pro',
    'X4U-V2',
    'X4SG',
    'X5S',
    'X5U',
    'X6',
    'X7C',
    'X210',
    'V62',
    'W611W',
    'H2U-V2',
  ])
    expect(`${model} ${dialect(model)}`).toBe(`${model} fanvil-xml`);
  expect(dialect()).toBe('fanvil-xml');
});

test('a vendor that is served has a dialect, with and without a model', () => {
  expect(SERVED_VENDORS).toContain('fanvil');
  for (const vendor of SERVED_VENDORS) {
    expect(dialectOf({ vendor })).not.toBeNull();
    expect(dialectOf({ vendor, model: 'of which nobody has heard' })).not.toBeNull();
  }
});
