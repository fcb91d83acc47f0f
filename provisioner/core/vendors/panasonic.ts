import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';

/**
 * Panasonic KX-UT, KX-HDV and KX-TGP: text, `NAME="value"`, below a first line that must be that one. Where PnP or DHCP
 * lead a factory-new phone to an address that ends with `/`, it asks for `{MODEL}.cfg` (KX-TGP700 guide, 2.1.5), and that
 * file leads it home. From then on it asks for what the CFG_…_FILE_PATH say, in which `{MAC}` stands for its MAC in upper
 * case. Each line ends with CR LF and has at most 537 bytes, the first of two equal names counts, and the last line is
 * empty. Sources: administrator guides of the KX-UT670 (5.2.1), KX-UT136 and KX-HDV100; names as in Wazo's and FusionPBX's
 * templates. KX-UTG phones read XML instead.
 */
const FIRST_LINE = '# Panasonic SIP Phone Standard Format File #';
const LINES = 6;
/** Matched exactly with CFG_RESYNC_FROM_SIP: nothing may follow it. */
const RESYNC_EVENT = 'check-sync';
/** A setting of each line (FusionPBX tgp500); TCP and TLS as in FusionPBX utg300b and the templates of SARK. */
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const;
const CLEARED = [
  'PHONE_NUMBER',
  'SIP_URI',
  'SIP_AUTHID',
  'SIP_PASS',
  'DISPLAY_NAME',
  'SIP_RGSTR_ADDR',
  'SIP_PRXY_ADDR',
  'SIP_SVCDOMAIN',
];
/** Of a former owner: a line of ours has none. */
const NEVER = ['SIP_2NDRGSTR_ADDR', 'SIP_2NDPROXY_ADDR', 'SIP_OUTPROXY_ADDR'];
const CLEAR_LINES = Array.from({ length: LINES }, (_, at) => clearLine(at + 1));

export const panasonic: VendorFormat = {
  dialect: 'panasonic',
  lines: LINES,
  files: [
    {
      contentType: 'text/plain; charset=utf-8',
      encoding: 'utf8',
      hasLines: false,
      name: (_mac, model) => `KX-${modelOf(model)}.cfg`,
      // No MAC in it: whoever asks has the token, and it holds no line.
      isNamed: (name) => /^kx-[a-z0-9]{0,32}\.cfg$/i.test(name),
      whole: lead,
      enrolment: lead,
    },
    {
      contentType: 'text/plain; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `Config${mac.toUpperCase()}.cfg`,
      isNamed: (name, mac) => name.toLowerCase() === `config${mac}.cfg`,
      whole,
      enrolment: (place) => text(['# wisp-edge enrolment', ...home(place)]),
    },
  ],
  asksFor: (mac) => ['KX-*.cfg', `Config${mac.toUpperCase()}.cfg`],
  resyncEvent: RESYNC_EVENT,
  credentialsIn: 'CFG_STANDARD_FILE_PATH = https://USER:PASSWORD@…/c/Config{MAC}.cfg',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_panasonic; FusionPBX tgp500' },
    clears: { is: true, standing: 'documented', source: 'KX-UT670 guide 5.2.1: a value may be empty' },
    takesCredentials: { is: true, standing: 'documented', source: 'KX-HDV100 guide 2.1: in the URL of the file path' },
    keepsHome: { is: true, standing: 'documented', source: 'KX-HDV100 guide 2.1: PnP and DHCP options off' },
    polls: { is: true, standing: 'documented', source: 'KX-TGP500 guide 1.1.6: CFG_CYCLIC_INTVL, minutes' },
    resyncs: { is: true, standing: 'inferred', source: 'KX-UT136 guide 2.2.4 speaks of a download, not of a restart' },
    challengesNotify: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: {
      is: true,
      standing: 'documented',
      source: 'KX-UT123 guide 2.3: what was set on the phone or its page',
    },
  },
};

function whole(model: PhoneModel): string {
  return text([
    `# wisp-edge revision ${model.revision}`,
    ...home(model),
    ...sayOfLines(model, CLEAR_LINES, (line, position) => lineSettings(position, line)),
  ]);
}

/** The file of its model: the way home and nothing else. */
function lead(place: PhoneHome): string {
  return text(['# wisp-edge', ...home(place)]);
}

function modelOf(model: string | null): string {
  return (model ?? '').replace(/^kx-?|[^A-Za-z0-9]/gi, '').toUpperCase();
}

function text(lines: readonly string[]): string {
  return [FIRST_LINE, ...lines, '', ''].join('\r\n');
}

function home(place: PhoneHome): readonly string[] {
  return [
    setting('PROVISION_ENABLE', 'Y'),
    ...sayOfWay(place, (url) => [
      // Each would lead it elsewhere at its next start (KX-HDV100 guide 2.1.2, 2.1.5).
      setting('SIPPNP_PROV_ENABLE', 'N'),
      setting('OPTION66_ENABLE', 'N'),
      setting('OPTION159_PROV_ENABLE', 'N'),
      setting('OPTION160_PROV_ENABLE', 'N'),
      setting('CFG_STANDARD_FILE_PATH', `${put('provisioningUrl', url)}Config{MAC}.cfg`),
      setting('CFG_PRODUCT_FILE_PATH', ''),
      setting('CFG_MASTER_FILE_PATH', ''),
    ]),
    setting('CFG_CYCLIC', 'Y'),
    setting('CFG_CYCLIC_INTVL', place.pollMinutes),
    // A time of day would end the interval (KX-UT136 guide 2.2.4).
    setting('CFG_RESYNC_TIME', ''),
    setting('CFG_RESYNC_FROM_SIP', RESYNC_EVENT),
  ];
}

function clearLine(position: number): string {
  return [...CLEARED, ...NEVER].map((name) => setting(`${name}_${position}`, '')).join('\r\n');
}

function lineSettings(position: number, line: PhoneLine): readonly string[] {
  const number = put('number', line.number);
  const domain = put('domain', line.domain);
  // Named always: what is left out keeps the value of the line's former owner.
  const port = line.port ?? (line.transport === 'tls' ? 5061 : 5060);
  const values: readonly (readonly [string, string | number])[] = [
    // FusionPBX ut113 says it of each line.
    ['LINE_ENABLE', 'Enabled'],
    ['PHONE_NUMBER', number],
    // Registers an extension that is not a number, too.
    ['SIP_URI', `sip:${number}@${domain}`],
    ['SIP_AUTHID', put('authUser', line.authUser)],
    ['SIP_PASS', put('sipKey', line.key.reveal())],
    ['DISPLAY_NAME', put('displayName', line.displayName)],
    ['SIP_RGSTR_ADDR', domain],
    ['SIP_RGSTR_PORT', port],
    ['SIP_PRXY_ADDR', domain],
    ['SIP_PRXY_PORT', port],
    ['SIP_SVCDOMAIN', domain],
    ['SIP_TRANSPORT', TRANSPORTS[line.transport]],
    // `sip:` over TLS, not `sips:` (one source: the templates of SARK).
    ...(line.transport === 'tls' ? ([['SIP_TLS_MODE', 1]] as const) : []),
    ['REG_EXPIRE_TIME', line.expiresSeconds],
    ...NEVER.map((name) => [name, ''] as const),
  ];
  return values.map(([name, value]) => setting(`${name}_${position}`, value));
}

function put(field: FormatField, value: string): string {
  return carried('panasonic', field, value);
}

function setting(name: string, value: string | number): string {
  return `${name}="${value}"`;
}
