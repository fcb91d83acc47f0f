import { expect, test } from 'vitest';
import { testSite, until } from './rotation/site.ts';

test('an N510 shows a name in Spanish as it was written, for its file comes in the bytes that it reads', async () => {
  const site = await testSite();
  const phone = await site.phone('1001', 'key-of-1001', { vendor: 'gigaset-n510' });
  const extension = { registrar: 'iplan', displayName: 'Ñandú & señal', owner: 'isp' } as const;
  await site.ask({ kind: 'put-extension', number: '1001', extension, sipKey: null });
  await until('it has the new name', async () => {
    await phone.poll();
    return phone.lines[0]?.displayName !== 'Ext 1001';
  });
  expect(phone.lines).toMatchObject([{ displayName: 'Ñandú & señal' }]);
  await phone.untilRegistered('1001', 'key-of-1001');
});
