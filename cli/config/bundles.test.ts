import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { EN } from '../messages/en.ts';
import { ES } from '../messages/es.ts';
import { showError } from '../show-error.ts';
import { loadBundles } from './bundles.ts';
import { decodeConfig } from './decode.ts';
import { ConfigSource } from './source.ts';
import type { Config } from '../../schemas/config/config.ts';

const CONFIG: Config = { site: 'lab', dataDir: 'data' };

test('each shipped file is a bundle of its own name, and every bundle has a host that can be asked for', () => {
  const bundles = loadBundles(CONFIG, '/');
  const files = readdirSync(new URL('../../agent/walled-garden/', import.meta.url));
  expect(bundles.map(({ name }) => `${name}.yaml`).sort()).toEqual(files.sort());
  for (const { name, hosts } of bundles) {
    expect([name, hosts.some(({ host }) => !host.startsWith('*.'))]).toEqual([name, true]);
    expect(new Set(hosts.map(({ host }) => host)).size).toBe(hosts.length);
  }
});

test('the gateways, captchas and chats of the fact sheet are there', () => {
  const names = ['recaptcha', 'paypal', 'stripe', 'mercadopago', 'payu', 'conekta', 'smartsupp', 'tidio', 'bitly'];
  expect(loadBundles(CONFIG, '/').map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});

const BASE = decodeConfig(
  ConfigSource.parse(
    'c.yaml',
    'site: lab\ndataDir: data\nagent: { portal: { domain: clientes.example.net }, routers: [] }',
  ),
);

/** The bundle `mine` of a folder of one's own, or what is wrong with it. */
function own(text: string, messages = EN): string {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-bundles-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'mine.yaml'), text);
  const { agent } = BASE;
  if (agent === undefined) throw new Error('the agent section went missing');
  const config = { ...BASE, agent: { ...agent, portal: { ...agent.portal, bundlesDir: folder } } };
  try {
    return JSON.stringify(loadBundles(config, '/').find(({ name }) => name === 'mine'));
  } catch (error) {
    return showError(error, messages).replaceAll(folder, '');
  }
}

test('a bundle of one’s own needs a name and hosts; what it does not say is filled in', () => {
  const bundle = (about: unknown, ...hosts: readonly unknown[]) => ({ name: 'mine', about, hosts });
  const host = (name: string, purpose: unknown, source = 'mine.yaml', standing = 'unverified') => ({
    host: name,
    purpose,
    standing,
    source,
  });
  const mine = { en: 'mine', es: 'mine' };
  expect(JSON.parse(own('name: mine\nhosts: [{ host: a.example.net }]'))).toEqual(
    bundle(mine, host('a.example.net', mine)),
  );
  const text = `name: mine
about: { es: Nuestro banco }
hosts:
  - host: a.example.net
  - { host: b.example.net, purpose: pagos, source: the bank, standing: documented }
  - { host: '*.example.net', purpose: { en: all of it } }
`;
  const bank = { en: 'Nuestro banco', es: 'Nuestro banco' };
  expect(JSON.parse(own(text))).toEqual(
    bundle(
      bank,
      host('a.example.net', bank),
      host('b.example.net', { en: 'pagos', es: 'pagos' }, 'the bank', 'documented'),
      host('*.example.net', { en: 'all of it', es: 'all of it' }),
    ),
  );
});

test.each([
  ['name: mine\nhosts: []', '/mine.yaml:2:8: hosts: [] does not fit', 'a list of 1 to 64 entries: [ … ]'],
  ['name: mine\nhosts: 7', '/mine.yaml:2:8: hosts: 7 does not fit', 'a list: [ … ]'],
  ['name: mine', '/mine.yaml:1:1: hosts: the key hosts is missing', 'hosts: a list: [ … ]'],
  ['name: mine\nabout: 7\nhosts: [{ host: a.example.net }]', 'about: 7 does not fit', "'…' | { en: '…', es: '…' }"],
  ['name: mine\nabout: {}\nhosts: [{ host: a.example.net }]', 'about: {…} does not fit', "'…' | { en: '…', es: '…' }"],
  ['name: mine\nhosts: [{ host: a.example.net, purpos: x }]', 'there is no key purpos', 'purpose?'],
])('a bundle that is wrong is refused with its place and what fits: %j', (text, wrong, instead) => {
  const told = own(text);
  expect(told).toContain(wrong);
  expect(told).toContain(`Write ${instead}`);
});

test('two files of one name are refused, and both are named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-bundles-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const file of ['a.yaml', 'b.yaml'])
    writeFileSync(join(folder, file), 'name: mine\nhosts: [{ host: a.example.net }]');
  const text = `site: lab\ndataDir: data\nagent: { portal: { domain: p.example.net, bundlesDir: ${folder} }, routers: [] }`;
  const config = decodeConfig(ConfigSource.parse('c.yaml', text));
  const told = (messages: typeof EN): string => {
    try {
      loadBundles(config, '/');
      return 'nothing was refused';
    } catch (error) {
      return showError(error, messages).replaceAll(folder, '');
    }
  };
  expect(told(EN)).toContain('/b.yaml:1:7: name: the bundle mine is in /a.yaml already');
  expect(told(ES)).toContain('el conjunto mine ya está en /a.yaml');
});

test('an empty list of hosts is told in Spanish as well', () => {
  expect(own('name: mine\nhosts: []', ES)).toContain('una lista de 1 a 64 elementos: [ … ]');
});
