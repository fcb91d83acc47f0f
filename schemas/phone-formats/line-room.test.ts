import { expect, test } from 'vitest';
import type { Phone, PhoneVendor } from '../phone.ts';
import { inSpanish } from '../told-es.ts';
import { PhoneDialect } from './dialect.ts';
import { lineRoom, overfull } from './line-room.ts';
import { MODEL_LINES, modelLines } from './model-lines.ts';
import { lineLimit } from './refusal.ts';

function phoneOf(vendor: PhoneVendor, model: string | undefined, count: number): Phone {
  const lines = Array.from({ length: count }, (_, at) => ({ extension: String(1001 + at) }));
  return { vendor, ...(model === undefined ? {} : { model }), lines };
}

test.each([
  ['yealink', 'T31P', 2],
  ['yealink', 'Yealink SIP-T31G', 2],
  ['yealink', 'sip-t19p e2', 1],
  ['yealink', 'T48U', null],
  ['grandstream', 'GXP1610', 1],
  ['grandstream', 'Grandstream GRP2613', 4],
  ['grandstream', 'GRP2613W', null],
  ['grandstream', 'GXP2170', null],
  ['snom', 'snomD120', 2],
  ['snom', 'D1200', null],
  ['poly', 'Polycom SoundPoint IP 331', 2],
  ['poly', 'VVX 150', 2],
  ['poly', 'VVX 410', null],
  ['cisco-spa', 'SPA504G', 4],
  ['cisco-mpp', 'CP-7841-3PCC', 4],
  ['cisco-mpp', 'Cisco 8841', null],
  ['fanvil', 'X2P', 2],
  ['fanvil', 'X210', null],
  ['fanvil', 'X3U', null],
  ['htek', 'UC902', 4],
  ['mitel', 'Mitel 6863i', 2],
  ['panasonic', 'KX-UT123', 2],
  ['akuvox', 'SP-R50P', null],
  ['gigaset', 'N870 IP PRO', null],
] as const)('a %s %s has as many lines as is known of it', (vendor, model, lines) => {
  expect(modelLines({ vendor, model })).toBe(lines);
});

test('a phone is put with no more lines than its model has; one that nobody named is held to its format alone', () => {
  expect(overfull(phoneOf('yealink', 'T31P', 2), null)).toBeNull();
  expect(overfull(phoneOf('yealink', 'T31P', 3), null)).toBe('yealink: a T31P has no more than 2 lines');
  expect(overfull(phoneOf('yealink', undefined, 16), null)).toBeNull();
  expect(overfull(phoneOf('snom', undefined, 13), null)).toBe('snom: its format has names for 12 lines');
  // Its vendor's model with the most lines is beyond what the format has names for.
  expect(lineRoom({ vendor: 'cisco-mpp', model: '7861' })).toEqual({ format: 10, model: 10 });
  expect(lineRoom({ vendor: 'gigaset', model: 'N720 DM PRO' })).toBeNull();
});

test('I11: what an earlier version took stays as it is, and no line more', () => {
  const before = phoneOf('yealink', 'T31P', 3);
  expect(overfull(before, before)).toBeNull();
  expect(overfull(phoneOf('yealink', 'T31P', 4), before)).not.toBeNull();
  expect(overfull(phoneOf('yealink', 'T31G', 3), before)).not.toBeNull();
  const beyond = phoneOf('snom', undefined, 13);
  expect(overfull(beyond, beyond)).not.toBeNull();
});

test('every reason is told in Spanish too', () => {
  for (const phone of [phoneOf('yealink', 'SIP T31P', 3), phoneOf('snom', 'D785', 13)]) {
    const reason = overfull(phone, null) ?? '';
    expect(inSpanish(reason)).not.toBe(reason);
  }
});

test('what is known of a model is fewer than some format of its vendor has names for, and of one number', () => {
  for (const [vendor, { models, source }] of Object.entries(MODEL_LINES)) {
    const limits = PhoneDialect.anyOf.map((each) => each.const).filter((each) => each.startsWith(vendor));
    const most = Math.max(...limits.map(lineLimit));
    expect(source).not.toBe('');
    const names = models.flatMap(([, all]) => all.split(' '));
    expect(new Set(names).size).toBe(names.length);
    for (const [lines] of models) expect(lines).toBeLessThan(most);
  }
});
