import { expect, test } from 'vitest';
import { decodeConfig } from './decode.ts';
import { ruleProblems } from './rules.ts';
import { ConfigSource } from './source.ts';

const problemsWith = (host: string): readonly string[] => {
  const legacyTls = `{ listen: { host: '${host}', port: 8471 }, certificate: a.crt, key: { file: a.key } }`;
  const provisioner = `{ listen: { port: 8471 }, publicUrl: 'https://a.b', legacyTls: ${legacyTls} }`;
  const source = ConfigSource.parse('c', `site: s\ndataDir: d\nprovisioner: ${provisioner}`);
  return ruleProblems(source, decodeConfig(source)).map((problem) => problem.path);
};

test.each([
  '0.0.0.0',
  '::',
  '0:0:0:0:0:0:0:0',
  '::ffff:0.0.0.0',
  '0.0.0.1',
  '224.0.1.75',
  'phones.example.net',
  'localhost',
  '0',
])('the listener for old phones is refused at %s: it stands at one address', (host) => {
  expect(problemsWith(host)).toEqual(['provisioner.legacyTls.listen.host']);
});

test.each(['192.0.2.3', '10.50.0.2', '2001:db8::3', '127.0.0.1', '169.254.7.1'])('%s is one', (host) => {
  expect(problemsWith(host)).toEqual([]);
});

test('its versions and its ciphers have safe defaults', () => {
  const legacyTls = '{ listen: { host: 192.0.2.3, port: 8471 }, certificate: a.crt, key: { file: a.key } }';
  const text = `site: s\ndataDir: d\nprovisioner: { listen: { port: 1 }, publicUrl: 'https://a.b', legacyTls: ${legacyTls} }`;
  const { provisioner } = decodeConfig(ConfigSource.parse('c', text));
  expect(provisioner?.legacyTls).toMatchObject({ minVersion: 'TLSv1', ciphers: 'HIGH:!aNULL:!eNULL' });
});
