import { decode, encode, RECURSION_DESIRED } from 'dns-packet';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../clock.ts';
import { startLabRouter, type LabRouter } from '../router.ts';

const CLIENT = '100.64.0.9';
const LIST = '/ip/firewall/address-list';

function ask(router: LabRouter, name: string, type: 'A' | 'AAAA' = 'A'): Promise<readonly string[]> {
  const query = encode({ type: 'query', id: 9, flags: RECURSION_DESIRED, questions: [{ type, name }] });
  const spec = {
    protocol: 'udp',
    source: CLIENT,
    sourcePort: 40_000,
    destination: '100.64.0.1',
    destinationPort: 53,
  } as const;
  return new Promise((resolve, reject) => {
    const sent = router.plane.sendUdp(spec, query, (payload) => {
      const answers = decode(payload).answers ?? [];
      resolve(answers.flatMap((answer) => (answer.type === type ? [answer.data] : [])));
    });
    if (sent !== 'delivered') reject(new Error(sent));
  });
}

test('a FWD row fills its list from what clients ask, for the record’s TTL and the extra time', async () => {
  const clock = manualClock();
  const router = await startLabRouter({
    clock,
    resolveName: (name, family) =>
      Promise.resolve([{ address: family === 4 ? '203.0.113.7' : '2001:db8::7', ttlSeconds: name.length }]),
  });
  onTestFinished(() => router.close());
  await expect(ask(router, 'a.pay.example')).rejects.toThrow('nobody');
  router.table('/ip/dns').set('*1', { 'allow-remote-requests': 'yes' });
  router.table('/ip/dns/static').add({
    name: 'pay.example',
    type: 'FWD',
    'match-subdomain': 'yes',
    'address-list': 'garden',
  });
  const listed = (menu = LIST) =>
    router
      .table(menu)
      .rows()
      .map((row) => [row['list'], row['address'], row['dynamic']]);
  expect(await ask(router, 'notpay.example')).toEqual(['203.0.113.7']);
  expect(listed()).toEqual([]);
  expect(await ask(router, 'a.pay.example')).toEqual(['203.0.113.7']);
  expect(await ask(router, 'pay.example', 'AAAA')).toEqual(['2001:db8::7']);
  expect(listed()).toEqual([['garden', '203.0.113.7', 'true']]);
  expect(listed('/ipv6/firewall/address-list')).toEqual([['garden', '2001:db8::7/128', 'true']]);
  clock.advance(12_900);
  expect(listed()).toHaveLength(1);
  clock.advance(200);
  expect(listed()).toEqual([]);
  router.table('/ip/dns').set('*1', { 'address-list-extra-time': '1m' });
  await ask(router, 'a.pay.example');
  clock.advance(60_000);
  expect(listed()).toHaveLength(1);
  clock.advance(14_000);
  expect(listed()).toEqual([]);
  // Who stands there already gets no second row.
  router.table(LIST).add({ list: 'garden', address: '203.0.113.7' });
  await ask(router, 'a.pay.example');
  expect(listed()).toEqual([['garden', '203.0.113.7', 'false']]);
});
