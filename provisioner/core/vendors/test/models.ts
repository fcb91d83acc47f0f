import type { PhoneDialect } from '../../../../schemas/phone-formats/dialect.ts';
import { formatRefusal } from '../../../../schemas/phone-formats/refusal.ts';
import { Secret } from '../../../../schemas/secret.ts';
import type { LineSlot, PhoneLine, PhoneModel } from '../model.ts';
import { FORMATS } from '../table.ts';

/** Names that have harmed a peer or a phone: each dialect carries one exactly or refuses it with its reason. */
export const HOSTILE_NAMES = [
  'Ñandú <& "x"> $USER',
  'Recepción 会議',
  "D'Alessandro",
  'Ana "la jefa"',
  'a & b < c > d',
  ']]> <!-- -->',
  '$MA',
  '%NULL%',
  '# Ventas',
  '^Ventas',
  '!Ventas',
  'Ventas; 2. piso',
  'Ventas = 2',
  'C:\\Ventas',
  '{MAC}',
  ' Ventas',
  'Ventas ',
  'Ana\naccount.1.enable = 0',
  'Ana\r\nx',
  'Ana\tB',
  'Ana\0B',
  'Ana\u2028B',
  '',
];

const FIRST: PhoneLine = {
  number: '1001',
  authUser: "auth'1001]]>",
  displayName: 'Ñandú <& "x"> $USER',
  key: new Secret('k<&"\'%$#=;key'),
  domain: 'sip.example.net',
  port: null,
  transport: 'udp',
  expiresSeconds: 600,
};
const FOURTH: PhoneLine = {
  ...FIRST,
  number: '1004',
  displayName: '# Recepción 会議',
  port: 5071,
  transport: 'tls',
  expiresSeconds: 90,
};
const MODEL: PhoneModel = {
  mac: '805ec0aabbcc',
  model: null,
  provisioningUrl: new Secret('https://phones.example.net:8471/p/0123456789abcdefABCDEF/'),
  pollMinutes: 15,
  fileKey: null,
  revision: 42,
  version: 42,
  isLeft: false,
  slots: [{ kind: 'line', line: FIRST }, { kind: 'clear' }, { kind: 'keep' }, { kind: 'line', line: FOURTH }],
};
/** What stands in for a value that a dialect refuses; of names the first that it carries. */
const NAMES = ['Ñandú', 'Ventas <& "x">'];
const PLAIN = { authUser: 'auth1001', key: new Secret('kZ3vQ9key'), transport: 'udp' } as const;

/**
 * What a dialect's golden files are written from: a line, one that is cleared, one that is left alone, another line, and
 * all others cleared. Their
 * values are the worst that it carries; where all lines have one transport, it is that of the last.
 */
export function goldenModel(dialect: PhoneDialect): PhoneModel {
  const isCarried = (name: string): boolean => formatRefusal(dialect, 'displayName', name) === null;
  const tamed = (line: PhoneLine): PhoneLine => ({
    ...line,
    displayName: [line.displayName, ...NAMES].find(isCarried) ?? '',
    ...(FORMATS[dialect].hasOneTransport === true ? { transport: FOURTH.transport } : {}),
    ...(formatRefusal(dialect, 'authUser', line.authUser) === null ? {} : { authUser: PLAIN.authUser }),
    ...(formatRefusal(dialect, 'sipKey', line.key.reveal()) === null ? {} : { key: PLAIN.key }),
    ...(formatRefusal(dialect, 'transport', line.transport) === null ? {} : { transport: PLAIN.transport }),
  });
  return {
    ...MODEL,
    slots: filled(
      MODEL.slots.map((slot) => (slot.kind === 'line' ? { ...slot, line: tamed(slot.line) } : slot)),
      dialect,
    ),
  };
}

/** The line stands second, so that a breakout upwards and downwards would show. */
export function modelOf(line: Partial<Pick<PhoneLine, 'number' | 'authUser' | 'displayName' | 'key'>>): PhoneModel {
  const plain = { number: '1', authUser: '1', displayName: 'x', key: new Secret('k') };
  return {
    ...MODEL,
    slots: [{ kind: 'clear' }, { kind: 'line', line: { ...FIRST, port: 5060, ...plain, ...line } }],
  };
}

/** All slots that the dialect has, those that are not named cleared. */
export function filled(slots: readonly LineSlot[], dialect: PhoneDialect): readonly LineSlot[] {
  return Array.from({ length: FORMATS[dialect].lines }, (_, at) => slots[at] ?? { kind: 'clear' });
}
