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

test('I11 I7: a base whose first line leaves keeps the second’s handset, takes the first’s off once, and remembers over a restart', async () => {
  const site = await testSite();
  const options = await site.enrolled('1001', 'key-of-1001', { vendor: 'gigaset-nx70' });
  await site.extension('1002', 'key-of-1002');
  const put = async (...numbers: readonly string[]): Promise<void> => {
    const lines = numbers.map((extension) => ({ extension }));
    await site.ask({ kind: 'put-phone', mac: options.mac, phone: { ...options.sold, lines } });
  };
  const slots = async (): Promise<readonly unknown[]> => {
    const document = (await site.store.readPhone(options.mac))?.document;
    return document?.slots.map(({ slot, extension }) => [slot, extension]) ?? [];
  };
  await put('1001', '1002');
  await until('both lines have a slot', async () => (await slots()).length === 2);
  const phone = await site.switchOn(options, '1002', 'key-of-1002');
  expect(phone.lines.map(({ position, user }) => [position, user])).toEqual([
    [1, '1001'],
    [2, '1002'],
  ]);

  await put('1002');
  await until('the first is off', async () => {
    await phone.poll();
    return phone.lines.length === 1;
  });
  expect(phone.lines).toMatchObject([{ position: 2, user: '1002' }]);
  const offAt = phone.fetches.at(-1)?.sha256 ?? '';
  await until('that is not said again', async () => {
    await phone.poll();
    return phone.fetches.at(-1)?.sha256 !== offAt;
  });
  const last = phone.fetches.at(-1)?.sha256;
  await site.restart();
  await phone.poll();
  expect(phone.fetches.at(-1)?.sha256).toBe(last);
  expect(await slots()).toEqual([[2, '1002']]);

  await site.extension('1003', 'key-of-1003');
  await put('1003', '1002');
  await until('the newcomer has the slot that was left', async () => {
    await phone.poll();
    return phone.lines.length === 2;
  });
  expect(phone.lines).toMatchObject([
    { position: 1, user: '1003' },
    { position: 2, user: '1002' },
  ]);
});
