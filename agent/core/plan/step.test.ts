import { expect, test } from 'vitest';
import { printStep, type Step } from './step.ts';

const base = { menu: '/ip/proxy/access', key: { kind: 'cutoff', key: 's1' }, lane: 'cut', subscriber: 's1' } as const;
const mask = (): string => 'https://masked/';

test.each<[string, Step]>([
  [
    '/ip proxy access add src-address=10.0.0.1 action-data=https://masked/ comment=wisp-edge:cutoff:s1 place-before=*A',
    {
      ...base,
      kind: 'add',
      values: { 'src-address': '10.0.0.1', 'action-data': 'https://p/?token=1' },
      before: { by: 'id', id: '*A' },
    },
  ],
  [
    '/ip proxy access set *1 disabled=yes comment=true',
    { ...base, kind: 'set', id: '*1', values: { disabled: 'true', comment: 'true' } },
  ],
  ['/ip proxy access set *1 disabled=no', { ...base, kind: 'set', id: '*1', values: { disabled: 'no' } }],
  [
    '/ip proxy access move *1 destination=[find comment="wisp-edge:rule:proxy-deny"]',
    {
      ...base,
      kind: 'move',
      id: '*1',
      before: { by: 'key', menu: '/ip/proxy/access', key: { kind: 'rule', key: 'proxy-deny' } },
    },
  ],
  ['/ip proxy access move *1', { ...base, kind: 'move', id: '*1', before: { by: 'end' } }],
  ['/ip proxy access remove *1', { ...base, kind: 'remove', id: '*1' }],
  ['/ip proxy set port="80 81"', { ...base, menu: '/ip/proxy', kind: 'settings', values: { port: '80 81' } }],
  [
    '/ip firewall connection remove [find where src-address~"^10\\\\.0\\\\.0\\\\.1(:|\\$)" or src-address in 10.1.0.0/29]',
    {
      ...base,
      menu: '/ip/firewall/connection',
      kind: 'drop-connections',
      addresses: ['10.0.0.1', '10.1.0.0/29'],
      subscribers: ['s1'],
      intoPort: null,
    },
  ],
  [
    '/ip firewall connection remove [find where (src-address~"^10\\\\.0\\\\.0\\\\.1(:|\\$)") and reply-src-address~":999\\$"]',
    {
      ...base,
      menu: '/ip/firewall/connection',
      kind: 'drop-connections',
      addresses: ['10.0.0.1'],
      subscribers: ['s1'],
      intoPort: 999,
    },
  ],
  [
    '/ip firewall connection remove [find where src-address~"^10\\\\.0\\\\.0\\\\.1(:|\\$)"]; ' +
      '/ipv6 firewall connection remove [find where src-address in 2001:db8:64:6::/64 or src-address~"^\\\\[\\?2001:db8::7(\\\\]|\\$)"]',
    {
      ...base,
      menu: '/ip/firewall/connection',
      kind: 'drop-connections',
      addresses: ['10.0.0.1', '2001:db8:64:6::/64', '2001:db8::7'],
      subscribers: ['s1'],
      intoPort: null,
    },
  ],
])('a step prints itself as %s', (command, step) => {
  expect(printStep(step, mask)).toBe(command);
});

test('a value that the console would read as something else is quoted', () => {
  const step: Step = { ...base, kind: 'set', id: '*1', values: { comment: 'a "b" $c \\d ?' } };
  expect(printStep(step, mask)).toBe('/ip proxy access set *1 comment="a \\"b\\" \\$c \\\\d \\?"');
});
