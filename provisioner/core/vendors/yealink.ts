import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';

/**
 * Yealink: text, `key = value`, first line `#!version:1.0.0.1`. Asked for in order: `<mac>.boot`, `y000000000000.boot`,
 * a common `y0000….cfg`, `<mac>.cfg`; only the last one is ours, and 404 for the others is a healthy boot. An empty value
 * keeps the old one, `%NULL%` clears it. Source: Yealink administrator manual; names as in Wazo's v87 plugin.
 */
const LINES = 16;
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const;
const CLEARED = ['label', 'display_name', 'user_name', 'auth_name', 'password', 'sip_server.1.address'];
const CLEAR_ACCOUNTS = Array.from({ length: LINES }, (_, at) => clearAccount(`account.${at + 1}`));

export const yealink: VendorFormat = {
  dialect: 'yealink',
  lines: LINES,
  files: [
    {
      contentType: 'text/plain; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `${mac}.cfg`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.cfg`,
      whole,
      enrolment: (place) => text(['# wisp-edge enrolment', ...home(place)]),
    },
  ],
  asksFor: (mac) => [
    `${mac}.boot`,
    'y000000000000.boot',
    'y0000000*.cfg',
    `${mac}.cfg`,
    `${mac}-local.cfg`,
    `${mac}-contact.xml`,
  ],
  resyncEvent: 'check-sync;reboot=false',
  credentialsIn: 'static.auto_provision.server.username, .password',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_yealink v87; Tancredi' },
    clears: { is: true, standing: 'inferred', source: 'review of wazo-provd-plugins PR 305: %NULL%' },
    takesCredentials: {
      is: true,
      standing: 'proven',
      source: 'Wazo v87, Tancredi: static.auto_provision.server.username',
    },
    keepsHome: { is: true, standing: 'documented', source: 'administrator manual, static.auto_provision.server.url' },
    polls: { is: true, standing: 'documented', source: 'administrator manual, static.auto_provision.repeat' },
    resyncs: { is: true, standing: 'documented', source: 'CD860 guide, sip.notify_reboot_enable' },
    challengesNotify: { is: false, standing: 'documented', source: 'administrator manual, sip.trust_ctrl' },
    skipsKnown: { is: true, standing: 'documented', source: 'administrator manual: MD5 of the file' },
    localOutranks: { is: true, standing: 'documented', source: 'administrator manual: <mac>-local.cfg' },
  },
  encryptedFiles: {
    reads: {
      is: true,
      standing: 'inferred',
      source:
        'T5 guide p. 119 says that it does; how such a file looks, one file of its own tool alone (yealink-confenc): AES-128-ECB, filled with blanks',
    },
    learnsKey: {
      is: true,
      standing: 'documented',
      source: 'T5 guide pp. 119, 120: static.auto_provision.aes_key.mac, before V84 aes_key_16.mac; aes_key_in_file 0',
    },
    readsPlain: {
      is: true,
      standing: 'documented',
      source: 'CP920 guide p. 121: update_file_mode 0, the default, takes a file whether encrypted or not',
    },
    notices: {
      is: false,
      standing: 'inferred',
      source: 'ECB has no tag; blocks of 16 octets that are equal look equal, from one revision to the next too',
    },
  },
};

function whole(model: PhoneModel): string {
  return text([
    `# wisp-edge revision ${model.revision}`,
    ...home(model),
    // Whoever answers a multicast first at its next start would lead it elsewhere.
    ...sayOfWay(model, () => ['static.auto_provision.pnp_enable = 0']),
    // A plain check-sync asks for the file; only `;reboot=true` reboots (administrator manual, sip.notify_reboot_enable).
    'sip.notify_reboot_enable = 0',
    ...sayOfLines(model, CLEAR_ACCOUNTS, (line, position) => lineLines(`account.${position}`, line)),
  ]);
}

function text(lines: readonly string[]): string {
  return ['#!version:1.0.0.1', ...lines, ''].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  return [
    ...sayOfWay(place, (url) => [`static.auto_provision.server.url = ${put('provisioningUrl', url)}`]),
    // Without it a reboot fetches nothing.
    'static.auto_provision.power_on = 1',
    'static.auto_provision.repeat.enable = 1',
    `static.auto_provision.repeat.minutes = ${place.pollMinutes}`,
    ...(place.fileKey === null ? [] : keyLines(place.fileKey.reveal())),
  ];
}

/** Of the file named by the MAC, under the name of before V84 and of since; not from a file that all phones can decrypt. */
function keyLines(key: string): readonly string[] {
  const prefix = 'static.auto_provision';
  return [`${prefix}.aes_key_in_file = 0`, `${prefix}.aes_key_16.mac = ${key}`, `${prefix}.aes_key.mac = ${key}`];
}

function clearAccount(account: string): string {
  return [`${account}.enable = 0`, ...CLEARED.map((name) => `${account}.${name} = %NULL%`)].join('\n');
}

function lineLines(account: string, line: PhoneLine): readonly string[] {
  const server = `${account}.sip_server.1`;
  return [
    `${account}.enable = 1`,
    `${account}.label = ${put('displayName', line.displayName)}`,
    `${account}.display_name = ${put('displayName', line.displayName)}`,
    `${account}.user_name = ${put('number', line.number)}`,
    `${account}.auth_name = ${put('authUser', line.authUser)}`,
    `${account}.password = ${put('sipKey', line.key.reveal())}`,
    `${server}.address = ${put('domain', line.domain)}`,
    // Named always: what is left out keeps the value of the line's former owner.
    `${server}.port = ${line.port ?? (line.transport === 'tls' ? 5061 : 5060)}`,
    `${server}.transport_type = ${TRANSPORTS[line.transport]}`,
    `${server}.expires = ${line.expiresSeconds}`,
    `${account}.outbound_proxy_enable = 0`,
  ];
}

function put(field: FormatField, value: string): string {
  return carried('yealink', field, value);
}
