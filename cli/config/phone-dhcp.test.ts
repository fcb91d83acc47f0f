import { expect, test } from 'vitest';
import { settingsOf } from '../../agent/from-config.ts';
import { decodeConfig } from './decode.ts';
import { ledNetworksOf, withPhonesUrl } from './phone-dhcp.ts';
import { ruleProblems } from './rules.ts';
import { ConfigSource } from './source.ts';

const PROVISIONER =
  'provisioner:\n  listen: { host: 192.0.2.2, port: 8471 }\n  publicUrl: https://phones.example.net:8471/voz//\n';

/** A site with one router that says this of its phones. */
function read(phoneDhcp: string, more = PROVISIONER) {
  const source = ConfigSource.parse(
    'c.yaml',
    'site: s\ndataDir: d\nagent:\n  portal: { domain: a.example }\n  routers:\n' +
      `    - { id: r0, host: 192.0.2.1, tls: false, user: edge, password: { env: P }${phoneDhcp} }\n${more}`,
  );
  const config = decodeConfig(source);
  const faults = ruleProblems(source, config).map(({ fault }) => fault);
  const whole = withPhonesUrl(config);
  const { agent } = whole;
  const [router] = agent?.routers ?? [];
  return {
    settings: agent && router ? settingsOf(agent, router, []).phoneDhcp : null,
    faults,
    led: ledNetworksOf(whole),
  };
}

test.each([
  ['', undefined],
  [
    ', phoneDhcp: { networks: [10.5.0.0/24, 10.6.0.9/24] }',
    { networks: ['10.5.0.0/24', '10.6.0.0/24'], options: [66, 160], url: 'https://phones.example.net:8471/voz/' },
  ],
  [
    ', phoneDhcp: { networks: [10.5.0.0/24], options: [114, 66], url: "http://192.0.2.9/pbx" }',
    { networks: ['10.5.0.0/24'], options: [66, 114], url: 'http://192.0.2.9/pbx' },
  ],
])('a router with "%s" tells its phones', (phoneDhcp, settings) => {
  expect(read(phoneDhcp)).toMatchObject({ settings, faults: [] });
});

test('without a provisioner a URL must be named, and with one it is told nothing else', () => {
  expect(read(', phoneDhcp: { networks: [10.5.0.0/24] }', '').faults).toMatchObject([
    { kind: 'missing-key', key: 'url' },
  ]);
  expect(read(', phoneDhcp: { networks: [10.5.0.0/24], url: "http://192.0.2.9/" }', '').faults).toEqual([]);
});

test.each(['10.5.0.1', '2001:db8::/64', '10.5.0.0/33', '10.5.0.0-10.5.0.9'])(
  '%s is no network of a DHCP server',
  (value) => {
    expect(read(`, phoneDhcp: { networks: ["${value}"] }`).faults).toEqual([
      { kind: 'bad-address', value, form: 'prefix (IPv4)' },
    ]);
  },
);

test.each([
  ['https://phones.example.net/e/0123456789abcdef0123456789abcdef/', { kind: 'url-of-one-phone' }],
  ['https://phones.example.net/x/p/0123456789ABCDEF0123456789ABCDEF', { kind: 'url-of-one-phone' }],
  [
    'https://ana:clave@h.example/',
    { kind: 'bad-address', value: 'https://…@h.example/', form: 'https://host[:port][/path]' },
  ],
  [
    'https://h.example/?a=b',
    { kind: 'bad-address', value: 'https://h.example/?a=b', form: 'https://host[:port][/path]' },
  ],
])('the URL %s is no URL for all', (url, fault) => {
  expect(read(`, phoneDhcp: { networks: [10.5.0.0/24], url: "${url}" }`).faults).toEqual([fault]);
});

test.each([
  ['', []],
  [', phoneDhcp: { networks: [10.5.0.0/24, 10.6.0.0/24] }', ['10.5.0.0/24', '10.6.0.0/24']],
  [', phoneDhcp: { networks: [10.5.0.0/24], url: "https://phones.example.net:8471/voz" }', ['10.5.0.0/24']],
  [', phoneDhcp: { networks: [10.5.0.0/24], url: "https://pbx.example.net/" }', []],
])('with "%s" phones come to the provisioner without a token from %j', (phoneDhcp, networks) => {
  expect(read(phoneDhcp).led).toEqual(networks);
});
