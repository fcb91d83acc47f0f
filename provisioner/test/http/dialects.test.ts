import { expect, onTestFinished, test } from 'vitest';
import type { Phone } from '../../../schemas/phone.ts';
import { formatOf } from '../../core/vendors/table.ts';
import { provisioning, rawRequest, servedLine, servedPhone, startPhoneWorld } from './phones.ts';

const PHONES: readonly Pick<Phone, 'vendor' | 'model'>[] = [
  { vendor: 'yealink', model: 'T46U' },
  { vendor: 'grandstream', model: 'GRP2614' },
  { vendor: 'grandstream', model: 'GXV3480' },
  { vendor: 'snom', model: 'D785' },
  { vendor: 'poly', model: 'VVX 410' },
  { vendor: 'cisco-spa', model: 'SPA504G' },
  { vendor: 'cisco-mpp', model: '8841' },
  { vendor: 'fanvil', model: 'X5U' },
  { vendor: 'fanvil', model: 'X3' },
  { vendor: 'gigaset', model: 'N510' },
  { vendor: 'gigaset', model: 'N870' },
  { vendor: 'htek', model: 'UC926' },
  { vendor: 'mitel', model: '6930' },
  { vendor: 'panasonic', model: 'KX-UT136' },
  { vendor: 'akuvox', model: 'R15' },
];
const MACS = ['805ec0aabb01', '805ec0aabb02'] as const;
const TOKENS = ['f00dfeed0123456789abcdef01234567', 'beef0000feed456789abcdef01234567'] as const;
const KEYS = ['Zk3vQ9mT7xB2nR5cW8dL', 'pT4wX8sK2mQ9zL5vN7cR'] as const;

test.each(PHONES)('the token of one $vendor $model opens no file of another, and no key but its own', async (sold) => {
  const format = formatOf(sold);
  if (format === null) throw new Error('not served');
  const world = await startPhoneWorld({
    phones: MACS.map((mac, at) =>
      servedPhone(mac, [provisioning(TOKENS[at] ?? '', true)], {
        ...sold,
        lines: [servedLine(`100${at}`, KEYS[at] ?? '')],
      }),
    ),
  });
  onTestFinished(() => world.close());
  const refusal = await rawRequest(world.port, '/');
  for (const file of format.files) {
    const [own, other] = MACS.map((mac) => file.name(mac, sold.model ?? null));
    const answers = await Promise.all([own, other].map((name) => rawRequest(world.port, `/p/${TOKENS[0]}/${name}`)));
    expect(answers[0]).toMatch(/^HTTP\/1\.1 200 /);
    expect(answers[0]?.includes(KEYS[0])).toBe(file.hasLines);
    for (const answer of answers) expect(answer).not.toContain(KEYS[1]);
    // A file whose name holds no MAC is told apart by the token alone, and holds no key.
    if (own !== other) expect(answers[1]).toBe(refusal);
    const upper = other?.replaceAll(MACS[1], MACS[1].toUpperCase()) ?? '';
    if (own !== other) expect(await rawRequest(world.port, `/p/${TOKENS[0]}/${upper}`)).toBe(refusal);
  }
});
