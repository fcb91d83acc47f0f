import { expect, test } from 'vitest';
import type { GardenBundle } from '../../schemas/garden-bundle.ts';
import { forwardNames } from './walled-garden.ts';

const both = { en: 'x', es: 'x' };
const bundle = (name: string, ...hosts: readonly string[]): GardenBundle => ({
  name,
  about: both,
  hosts: hosts.map((host) => ({ host, purpose: both, standing: 'unverified', source: 'a test' })),
});

test('a router’s DNS follows hosts and the domains of wildcards, each once, and none that lies below another', () => {
  const bundles = [bundle('pay', '*.pay.example', 'js.pay.example'), bundle('captcha', 'www.captcha.example')];
  const entries = ['PAY', 'captcha', 'unknown', 'Chat.Example', 'eu.js.pay.example', 'notpay.example', '192.0.2.7'];
  expect(forwardNames(entries, bundles)).toEqual([
    'chat.example',
    'notpay.example',
    'pay.example',
    'www.captcha.example',
  ]);
});
