import { lineLimit } from '../../../schemas/phone-formats/refusal.ts';
import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import type { SipTransport } from '../registrar.ts';
import { carried, notCarried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';

/**
 * Mitel 6800 and 6900, and Aastra before them: text, `name: value`. What a person set at the phone outranks the server's
 * value unless that has a `^` before its name, which resets it: all of ours have it. Asked for in order: `startup.cfg`,
 * `aastra.cfg`, the model's file, `<MAC>.cfg`; some ask for the last one only after `aastra.cfg` said something, so that
 * is ours too and holds nothing. For TLS the registrar's CA must be known to the phone (`sips trusted certificates`, which
 * is not served). Source: Aastra administrator guide 41-001343-02 (release 3.3.1) pp. 1-18, 2-16, 4-17, A-67;
 * names as in Wazo's wazo_aastra; FusionPBX 686x.
 */
const LINES = lineLimit('mitel');
const TRANSPORTS = { udp: 1, tcp: 2, tls: 4 } as const;
/** Registrars, proxies: what none is called. A line whose registrar it is sends no REGISTER. */
const NOBODY = '0.0.0.0';
const CLEARED = ['user name', 'auth name', 'password', 'display name', 'screen name'];
const SERVERS = ['proxy ip', 'outbound proxy', 'registrar ip'];
const BACKUPS = ['backup proxy ip', 'backup registrar ip'];
/** Phones of a site look for news within so many minutes after midnight. */
const SPREAD_MINUTES = 120;
const CLEAR_LINES = Array.from({ length: LINES }, (_, at) => clearLine(at + 1));

export const mitel: VendorFormat = {
  dialect: 'mitel',
  lines: LINES,
  hasOneTransport: true,
  forgetsLeftOut: true,
  goesHomeAtRestart: true,
  files: [
    {
      contentType: 'text/plain; charset=utf-8',
      encoding: 'utf8',
      hasLines: false,
      name: () => 'aastra.cfg',
      isNamed: (name) => name === 'aastra.cfg',
      whole: () => text('wisp-edge', [set('auto resync mode', 1)]),
      enrolment: () => text('wisp-edge', [set('auto resync mode', 1)]),
    },
    {
      contentType: 'text/plain; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `${mac.toUpperCase()}.cfg`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.cfg`,
      whole,
      enrolment: (place) => text('wisp-edge enrolment', home(place)),
    },
  ],
  asksFor: (mac, model) => ['startup.cfg', 'aastra.cfg', `${model ?? '*'}.cfg`, `${mac.toUpperCase()}.cfg`],
  resyncEvent: 'check-sync',
  credentialsIn: 'http digest username, http digest password',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_aastra; FusionPBX 686x' },
    clears: { is: true, standing: 'documented', source: '41-001343-02 p. A-67: registrar 0.0.0.0 sends no REGISTER' },
    takesCredentials: {
      is: true,
      standing: 'documented',
      source: '41-001343-02 p. A-81: digest; a password of 20 characters at most',
    },
    keepsHome: { is: true, standing: 'documented', source: '41-001160-01 p. 4-5: HTTPS Path; from its next start on' },
    polls: { is: true, standing: 'documented', source: '41-001343-02 p. A-22: auto resync mode, once a day' },
    resyncs: { is: false, standing: 'proven', source: 'Elastix endpoint configurator: check-sync restarts it' },
    challengesNotify: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    skipsKnown: { is: true, standing: 'documented', source: '41-001343-02 p. A-22: a resync acts on changed files' },
    localOutranks: {
      is: true,
      standing: 'documented',
      source: '41-001343-02 p. 2-16; not what has a ^, as all here has',
    },
  },
};

function whole(model: PhoneModel): string {
  const lines = model.slots.flatMap((slot) => (slot.kind === 'line' ? slot.line : []));
  const [transport, ...others] = new Set(lines.map((line) => line.transport));
  if (others.length > 0)
    throw notCarried('mitel: all lines of a phone have one transport', 'give the phone lines of one transport');
  return text(`wisp-edge revision ${model.revision}`, [
    ...home(model),
    ...(transport === undefined ? [] : transportLines(transport)),
    // Whether the phone keeps what a file leaves out no guide says: a file with a kept line is not served.
    ...sayOfLines(model, CLEAR_LINES, (line, position) => lineLines(`sip line${position}`, line)),
  ]);
}

function text(comment: string, settings: readonly string[]): string {
  return [`# ${comment}`, ...settings, ''].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  return [
    ...sayOfWay(place, way),
    // Once a day is all the format has, and a change restarts the phone when it is idle. The hour is left at its default,
    // midnight: its notation depends on the language of the phone.
    set('auto resync mode', 1),
    set('auto resync days', 0),
    set('auto resync max delay', SPREAD_MINUTES),
  ];
}

function way(provisioningUrl: string): readonly string[] {
  const url = put('provisioningUrl', provisioningUrl);
  const [, scheme = '', server = '', port, path = ''] = /^(https?):\/\/([^/:]+)(?::(\d+))?\/*(.*?)\/*$/.exec(url) ?? [];
  return [
    set('download protocol', scheme.toUpperCase()),
    set(`${scheme} server`, server),
    set(`${scheme} path`, path),
    set(`${scheme} port`, port ?? (scheme === 'https' ? 443 : 80)),
    // The vendor's redirection service is not asked.
    set('contact rcs', 0),
  ];
}

function transportLines(transport: SipTransport): readonly string[] {
  return [
    set('sip transport protocol', TRANSPORTS[transport]),
    // TLS that is not persistent wants a certificate and a key of the phone's own (41-001561-00 p. 3-47).
    ...(transport === 'tls' ? [set('sips persistent tls', 1)] : []),
  ];
}

function clearLine(position: number): string {
  const name = `sip line${position}`;
  return [
    ...CLEARED.map((each) => set(`${name} ${each}`, '')),
    ...[...SERVERS, ...BACKUPS].map((each) => set(`${name} ${each}`, NOBODY)),
  ].join('\n');
}

function lineLines(name: string, line: PhoneLine): readonly string[] {
  const displayName = put('displayName', line.displayName);
  const domain = put('domain', line.domain);
  const port = line.port ?? (line.transport === 'tls' ? 5061 : 5060);
  return [
    set(`${name} user name`, put('number', line.number)),
    set(`${name} auth name`, put('authUser', line.authUser)),
    set(`${name} password`, put('sipKey', line.key.reveal())),
    set(`${name} display name`, displayName),
    set(`${name} screen name`, displayName),
    // An outbound proxy that is not named is that of the whole phone (41-001343-02, DHCP option 120).
    ...SERVERS.flatMap((each) => [
      set(`${name} ${each}`, domain),
      set(`${name} ${each.replace(/ ip$/, '')} port`, port),
    ]),
    ...BACKUPS.map((each) => set(`${name} ${each}`, NOBODY)),
    set(`${name} registration period`, line.expiresSeconds),
  ];
}

function set(name: string, value: string | number): string {
  return `^${name}: ${value}`.trimEnd();
}

function put(field: FormatField, value: string): string {
  return carried('mitel', field, value);
}
