import { expect, test } from 'vitest';
import { FORMATS } from './table.ts';
import { modelOf } from './test/models.ts';

const ALIASES = FORMATS['grandstream-aliases'];
const [FILE] = ALIASES.files;

test('a GXV34xx is never asked to poll or to register in less than it takes', () => {
  const model = modelOf({});
  const [, slot] = model.slots;
  if (slot?.kind !== 'line') throw new Error('no line');
  const slots = [{ kind: 'line', line: { ...slot.line, expiresSeconds: 20 } }] as const;
  const text = FILE.whole({ ...model, pollMinutes: 1, slots });
  expect(text).toContain('<item name="provisioning.auto.minute">60</item>');
  expect(text).toContain('<item name="account.1.sip.registerExpiration">1</item>');
});

test('a GXV34xx asks for its model’s file between its own and that of all', () => {
  expect(ALIASES.asksFor('c074adaabbcc', 'GXV3480')).toEqual([
    'cfgc074adaabbcc',
    'cfgc074adaabbcc.xml',
    'cfggxv3480.xml',
    'cfg.xml',
  ]);
});
