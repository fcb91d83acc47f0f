import { expect, onTestFinished, test } from 'vitest';
import type { RouterVersion } from '../dialect.ts';
import { startLabRouter, type LabRouter } from '../router.ts';
import { TestClient, type TestReply } from './client.ts';

const OPTION = '/ip/dhcp-server/option';
const SETS = '/ip/dhcp-server/option/sets';
const NETWORK = '/ip/dhcp-server/network';

async function start(version: RouterVersion = '7.24'): Promise<{ router: LabRouter; client: TestClient }> {
  const router = await startLabRouter({ version });
  const client = await TestClient.logIn(router.port);
  onTestFinished(async () => {
    client.end();
    await router.close();
  });
  return { router, client };
}

const message = ({ traps }: TestReply): string => traps[0]?.['message'] ?? '';

test.each([
  ["'https://phones.example.net/'", ''],
  ["s'10.10.10.10'", ''],
  ["0x01'vards'$(HOSTNAME)", ''],
  ['https://phones.example.net/', 'failure: Unknown data type!'],
  ["'half", 'failure: Unknown data type!'],
  ['0x123', 'failure: Unknown data type!'],
  ['', 'failure: Unknown data type!'],
])('an option’s value %s is answered "%s"', async (value, said) => {
  const { client } = await start();
  expect(message(await client.run(`${OPTION}/add`, '=name=a', '=code=66', `=value=${value}`))).toBe(said);
});

test.each(['0', '255', 'x'])('code %s is none', async (code) => {
  const { client } = await start();
  expect(message(await client.run(`${OPTION}/add`, '=name=a', `=code=${code}`, "=value='x'"))).toContain(
    'out of range',
  );
});

test('a set names options that are there, and a network a set that is', async () => {
  const { router, client } = await start();
  const said = async (...words: [string, ...string[]]): Promise<string> => message(await client.run(...words));
  expect(await said(`${SETS}/add`, '=name=s', '=options=a')).toBe('input does not match any value of options');
  await client.run(`${OPTION}/add`, '=name=a', '=code=66', "=value='x'");
  expect(await said(`${OPTION}/add`, '=name=a', '=code=67', "=value='x'")).toBe('failure: already have such entry');
  expect(await said(`${SETS}/add`, '=name=s', '=options=a')).toBe('');
  const id = router.table(NETWORK).add({ address: '10.5.0.0/24' });
  const set = (name: string): Promise<string> => said(`${NETWORK}/set`, `=.id=${id}`, `=dhcp-option-set=${name}`);
  expect(await set('t')).toBe('input does not match any value of dhcp-option-set');
  expect(await set('s')).toBe('');
  expect(router.table(NETWORK).rows()[0]).toMatchObject({ 'dhcp-option-set': 's' });
  expect(await set('none')).toBe('');
  expect(router.table(NETWORK).rows()[0]).toMatchObject({ 'dhcp-option-set': '' });
});

test('what is removed while others name it leaves its id there', async () => {
  const { router, client } = await start();
  const option = router.table(OPTION).add({ name: 'a', code: '66', value: "'x'" });
  const set = router.table(SETS).add({ name: 's', options: 'a' });
  router.table(NETWORK).add({ address: '10.5.0.0/24', 'dhcp-option': 'a', 'dhcp-option-set': 's' });
  await client.run(`${OPTION}/remove`, `=.id=${option}`);
  await client.run(`${SETS}/remove`, `=.id=${set}`);
  expect(router.table(NETWORK).rows()).toMatchObject([{ 'dhcp-option': option, 'dhcp-option-set': set }]);
});

test('RouterOS 6 has no force, and no version before 7.23 a comment on a set', async () => {
  const { client } = await start('6.49');
  const add = await client.run(`${OPTION}/add`, '=name=a', '=code=66', "=value='x'", '=force=yes');
  expect(message(add)).toBe('unknown parameter');
  expect(message(await client.run(`${SETS}/add`, '=name=s', '=comment=x'))).toBe('unknown parameter');
});
