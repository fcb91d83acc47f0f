import { expect, test } from 'vitest';
import { EN } from '../messages/en.ts';
import { ES } from '../messages/es.ts';
import { showError } from '../show-error.ts';
import { decodeConfig } from './decode.ts';
import { ConfigError } from './fault.ts';
import { ruleProblems } from './rules.ts';
import { ConfigSource } from './source.ts';

const GOOD = `site: norte-1
dataDir: data
control:
  listen: { host: 127.0.0.1, port: 8470 }
agent:
  portal: { domain: clientes.example.net }
  routers:
    - id: r0
      host: 192.0.2.1
      tls: false
      user: edge
      password: { env: PASSWORD }
provisioner:
  listen: { host: 192.0.2.2, port: 8471 }
  publicUrl: https://phones.example.net:8471
`;

/** Every problem of a text as `line:column path: what … instead`. */
function problems(text: string, messages = EN): readonly string[] {
  try {
    const source = ConfigSource.parse('config.yaml', text);
    const found = ruleProblems(source, decodeConfig(source));
    if (found.length > 0) throw new ConfigError(found);
    return [];
  } catch (error) {
    return showError(error, messages)
      .trim()
      .split('\n')
      .map((line) => line.replace('config.yaml:', '').trim());
  }
}

test('a small configuration is filled in with the defaults', () => {
  const config = decodeConfig(ConfigSource.parse('config.yaml', GOOD));
  expect(config.agent?.lists.cutoff).toBe('Moroso');
  expect(config.agent?.brake).toEqual({ percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 });
  expect(config.agent?.routers[0]).toMatchObject({ driver: 'native', mode: 'manage' });
  expect(config.control?.central).toEqual({ kind: 'none', staleAfterHours: 24 });
  expect(config.provisioner?.sip).toEqual({ stack: 'embedded' });
  expect(problems(JSON.stringify(config))).toEqual([]);
});

test.each([
  [
    '  portal: {',
    '  portla: {',
    [
      '6:3 agent.portal: the key portal is missing',
      'what to do: Write portal: a section: { … }',
      '6:3 agent.portla: there is no key portla',
      'what to do: Write portal?',
    ],
  ],
  [
    'port: 8470',
    'port: "8470"',
    ['4:36 control.listen.port: "8470" does not fit', 'what to do: Write a whole number from 0 to 65535'],
  ],
  ['      user: edge\n', '', ['8:7 agent.routers.0.user: the key user is missing', 'what to do: Write user: a text']],
  [
    'tls: false',
    'tls: true',
    [
      '10:12 agent.routers.0.tls: true does not fit',
      'what to do: Write { pin: "sha256:<hex>" } | { ca: file } | false (plain API)',
    ],
  ],
  [
    'tls: false',
    'tls: { pin: "abc" }',
    ['10:19 agent.routers.0.tls.pin: "abc" does not fit', 'what to do: Write sha256:<64 hex digits> (an example)'],
  ],
  [
    '{ env: PASSWORD }',
    'hunter2',
    [
      '12:17 agent.routers.0.password: "…" does not fit',
      'what to do: Write { file: PATH } | { env: NAME } | { credential: NAME }',
    ],
  ],
  [
    '{ env: PASSWORD }',
    '12345678',
    [
      '12:17 agent.routers.0.password: "…" does not fit',
      'what to do: Write { file: PATH } | { env: NAME } | { credential: NAME }',
    ],
  ],
  [
    '{ env: PASSWORD }',
    '{ fil: x }',
    [
      '12:17 agent.routers.0.password: {…} does not fit',
      'what to do: Write { file: PATH } | { env: NAME } | { credential: NAME }',
    ],
  ],
  [
    'user: edge',
    'user: edge\n      mode: mange',
    ['12:13 agent.routers.0.mode: "mange" does not fit', 'what to do: Write manage | assist | observe'],
  ],
  [
    'https://phones.example.net:8471',
    'https://p.example.net\n  sip: { stack: drachtio, host: h, port: 1 }',
    [
      '16:8 provisioner.sip.secret: the key secret is missing',
      'what to do: Write secret: { file: PATH } | { env: NAME } | { credential: NAME }',
    ],
  ],
  [
    'https://phones',
    'http://phones',
    [
      '15:14 provisioner.publicUrl: http://phones.example.net:8471 is plain HTTP outside of this box',
      'what to do: Write https://…, or add plainHttp: allowed',
    ],
  ],
  [
    'https://phones.example.net:8471',
    'http://127.0.0.1:8471\n  tls: { certificate: phones.pem, key: { file: phones.key } }',
    [
      '15:14 provisioner.publicUrl: provisioner.tls is there, but http://127.0.0.1:8471 is not https',
      'what to do: Write publicUrl: https://…, or leave tls out',
    ],
  ],
  [
    'https://phones.example.net:8471',
    '"https://phones.example.net:99999"',
    [
      '15:14 provisioner.publicUrl: "https://phones.example.net:99999" is no address',
      'what to do: Write https://host[:port][/path]',
    ],
  ],
  [
    'https://phones.example.net:8471',
    '"https://[bad"',
    ['15:14 provisioner.publicUrl: "https://[bad" is no address', 'what to do: Write https://host[:port][/path]'],
  ],
  [
    'https://phones.example.net:8471',
    '"https://phones.example.net?x=1"',
    [
      '15:14 provisioner.publicUrl: "https://phones.example.net?x=1" is no address',
      'what to do: Write https://host[:port][/path]',
    ],
  ],
  [
    'https://phones.example.net:8471',
    '"https://user:geheim@phones.example.net"',
    [
      '15:14 provisioner.publicUrl: "https://…@phones.example.net" is no address',
      'what to do: Write https://host[:port][/path]',
    ],
  ],
  [
    ':8471\n',
    ':8471\n  registrars: [{ id: a, domain: "sip.example.net:99999", uri: "sip:192.0.2.10" }]\n',
    [
      '16:33 provisioner.registrars.0.domain: "sip.example.net:99999" is no domain',
      'what to do: Write HOST or HOST:PORT',
    ],
  ],
  [
    ':8471\n',
    ':8471\n  registrars: [{ id: a, domain: a.example, uri: "sip:192.0.2.10" }, { id: a, domain: b.example, uri: "sip:192.0.2.11" }]\n',
    [
      '16:75 provisioner.registrars.1.id: two registrars are called a',
      'what to do: Give each registrar an id of its own.',
    ],
  ],
  [
    ':8471\n',
    ':8471\n  registrars: [{ id: a, domain: a.example, uri: "sip:192.0.2.10;transport=ws" }]\n',
    [
      '16:49 provisioner.registrars.0.uri: "sip:192.0.2.10;transport=ws" is no SIP URI that can be sent to',
      'what to do: Write sip:HOST:PORT;transport=udp, tcp or tls; or sips:HOST:PORT',
    ],
  ],
  [
    ':8471\n',
    ':8471\n  registrars: [{ id: a, domain: "a/b", uri: "sip:192.0.2.10" }]\n',
    ['16:33 provisioner.registrars.0.domain: "a/b" is no domain', 'what to do: Write HOST or HOST:PORT'],
  ],
  [
    'host: 127.0.0.1',
    'host: 0.0.0.0',
    [
      '4:19 control.listen.host: 0.0.0.0 is not loopback, and control.tls is missing',
      'what to do: Write 127.0.0.1, or set control.tls: { certificate: FILE, key: { file: FILE } }',
    ],
  ],
  [
    'port: 8470 }',
    'port: 8470 }\n  central: { kind: wisphub, url: https://api.wisphub.io }',
    ['5:12 control.central: kind: wisphub needs key', 'what to do: Write key: { file: PATH }'],
  ],
  [
    'clientes.example.net }',
    'c.example.net, addresses: [10.0.0.300], resolvers: ["1.1.1.1:53", "dns"] }',
    [
      '6:48 agent.portal.addresses.0: "10.0.0.300" is no address',
      'what to do: Write ip | prefix',
      '6:87 agent.portal.resolvers.1: "dns" is no address',
      'what to do: Write ip | ip:port | [ip6]:port',
    ],
  ],
  [
    '  routers:',
    '  alwaysReachable: [sip.example.net, 10.0.0.0/8, 10.0.0]\n  routers:',
    ['7:50 agent.alwaysReachable.2: "10.0.0" is no address', 'what to do: Write ip | prefix | host'],
  ],
  [
    'host: 192.0.2.1',
    'host: http://192.0.2.1',
    ['9:13 agent.routers.0.host: "http://192.0.2.1" is no address', 'what to do: Write ip | host'],
  ],
  ['site: norte-1', 'site: norte 1', ['1:7 site: "norte 1" does not fit', 'what to do: Write norte-1 (an example)']],
  [
    '  routers:',
    '  lists: { notice: Moroso }\n  routers:',
    [
      '7:20 agent.lists.notice: Moroso is the name of agent.lists.cutoff already',
      'what to do: Give each address-list a name of its own.',
    ],
  ],
  [
    '  routers:',
    '  notices: { url: "https://{domian}/{subscriber}" }\n  routers:',
    [
      '7:19 agent.notices.url: nothing is filled in for {domian}',
      'what to do: Possible here: {domain}, {kind}, {subscriber}.',
    ],
  ],
  [
    'port: 8470 }',
    `port: 8470 }\n  tokens:\n${`    - { name: a, scopes: [], sha256: ${'a'.repeat(64)} }\n`.repeat(2)}`,
    ['7:15 control.tokens.1.name: two tokens are called a', 'what to do: Give each token a name of its own.'],
  ],
  [
    'dataDir: data',
    'dataDir: data\nsite: again',
    [
      '3:1: this is no valid YAML or JSON: Map keys must be unique',
      'what to do: Correct the indentation, quotes or repeated key here.',
    ],
  ],
  [
    'dataDir: data',
    'dataDir: !js/function data',
    [
      '2:10: this is no valid YAML or JSON: Unresolved tag: !js/function',
      'what to do: Correct the indentation, quotes or repeated key here.',
    ],
  ],
])('%j → %j is told with its place', (from, to, told) => {
  expect(GOOD).toContain(from);
  const found = problems(GOOD.replace(from, to)).map((line) => line.replace(/^(\d+:\d+): (?=\w+(\.|:))/, '$1 '));
  expect(found).toEqual(told.map((line) => line.replace(/^(\d+:\d+): /, '$1: ')));
});

test('two routers of one name, and several problems at once, in Spanish', () => {
  const router = '    - { id: r0, host: h, tls: false, user: u, password: { env: P } }\n';
  expect(problems(GOOD.replace('provisioner:', `${router}provisioner:`), ES)).toEqual([
    '13:13: agent.routers.1.id: dos routers se llaman r0',
    'qué hacer: Dé a cada router un id propio.',
  ]);
  expect(problems('sitio: x\n', ES)).toHaveLength(6);
});

test('an alias bomb and a file beyond the limit are refused', () => {
  const bomb = `a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n${Array.from({ length: 200 }, (_, at) => `k${at}: *c`).join('\n')}`;
  expect(problems(bomb)[0]).toContain('Excessive alias count');
  expect(problems(`# ${'x'.repeat(1_100_000)}`)[0]).toContain('larger than');
});

test('an empty file names what is missing', () => {
  expect(problems('')).toContain('1:1: site: the key site is missing');
});

const SERVED = 'backend: notice-server, server: { listen: { host: 192.0.2.2, port: 8480 } }';

test.each([
  ['backend: notice-server', '', 'agent.notices: router r0 uses notice-server, and agent.notices.server is missing'],
  ['', '\n      backend: notice-server', 'router r0 uses notice-server, and agent.notices.server is missing'],
  [
    SERVED.replace('192.0.2.2', '0.0.0.0'),
    '',
    'agent.notices.server.listen.host: no router can lead subscribers to "0.0.0.0"',
  ],
  [SERVED.replace('192.0.2.2', 'edge.example.net'), '', '"edge.example.net" is no address'],
  [SERVED.replace('192.0.2.2', '2001:db8::2'), '', '"2001:db8::2" is no address'],
  [
    SERVED.replace(' } }', ' }, address: 127.0.0.1 }'),
    '',
    'agent.notices.server.address: no router can lead subscribers to "127.0.0.1"',
  ],
  [SERVED.replace(' } }', ' }, address: 224.0.0.5 }'), '', 'no router can lead subscribers to "224.0.0.5"'],
] as const)('a notice server that no router could use is refused: %s%s', (notices, router, told) => {
  const text = GOOD.replace('agent:\n', `agent:\n  notices: { ${notices} }\n`).replace(
    'user: edge',
    `user: edge${router}`,
  );
  expect(problems(text).join('\n')).toContain(told);
  expect(problems(text, ES).join('\n')).toContain('notices');
});

test('a notice server at an address of this box is good, and one behind 0.0.0.0 that has an address', () => {
  const behind = SERVED.replace('192.0.2.2', '0.0.0.0').replace(' } }', ' }, address: 192.0.2.2 }');
  for (const notices of [SERVED, behind])
    expect(problems(GOOD.replace('agent:\n', `agent:\n  notices: { ${notices} }\n`))).toEqual([]);
});
