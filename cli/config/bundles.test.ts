import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadBundles } from './bundles.ts';
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
