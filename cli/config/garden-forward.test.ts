import { expect, test } from 'vitest';
import { settingsOf } from '../../agent/from-config.ts';
import type { GardenBundle } from '../../schemas/garden-bundle.ts';
import { decodeConfig } from './decode.ts';
import { ruleProblems } from './rules.ts';
import { ConfigSource } from './source.ts';

const BUNDLES: readonly GardenBundle[] = [{ name: 'pay', about: { en: 'x', es: 'x' }, hosts: [] }];

/** A site with one router and this portal. */
function read(portal: string) {
  const source = ConfigSource.parse(
    'c.yaml',
    `site: s\ndataDir: d\nagent:\n  portal: { domain: a.example${portal} }\n  routers:\n` +
      '    - { id: r0, host: 192.0.2.1, tls: false, user: edge, password: { env: P } }\n',
  );
  const config = decodeConfig(source);
  const settings = config.agent?.routers.map((router) =>
    config.agent === undefined ? null : settingsOf(config.agent, router, BUNDLES).gardenForward,
  );
  return { settings, faults: ruleProblems(source, config).map(({ fault }) => fault) };
}

test.each([
  ['', undefined],
  [', gardenForward: false', undefined],
  [', gardenForward: true', { to: null, bundles: BUNDLES }],
  [', gardenForward: 192.0.2.53', { to: '192.0.2.53', bundles: BUNDLES }],
  [', gardenForward: "2001:db8::53"', { to: '2001:db8::53', bundles: BUNDLES }],
])('a router’s DNS with "%s" in the portal', (portal, gardenForward) => {
  expect(read(portal)).toEqual({ settings: [gardenForward], faults: [] });
});

test('a resolver is an address, for that is what forward-to takes', () => {
  const form = 'true | false | ip';
  expect(read(', gardenForward: dns.example').faults).toEqual([{ kind: 'bad-address', value: 'dns.example', form }]);
  expect(read(', gardenForward: "192.0.2.53:53"').faults).toEqual([
    { kind: 'bad-address', value: '192.0.2.53:53', form },
  ]);
});
