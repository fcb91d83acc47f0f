import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import { FANVIL_CLAIMS, FANVIL_TRANSPORTS, fanvilPace, fanvilVersion, fanvilWay } from './fanvil.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';

/**
 * Fanvil before the U series: text, `name:value`, the name padded to 19 columns, modules in `<…>`. First line
 * `<<VOIP CONFIG FILE>>Version:…`, last line `<<END OF FILE>>`; which models read it says `readsFanvilText`. Asked for: a
 * common file by model and hardware, then `<mac>.cfg`; only the latter is ours. Names: Tancredi's fanvil-X3, of which
 * Wazo's wazo_fanvil (base) and FusionPBX's x3g have the XML form.
 */
const LINES = 4;
const NAME_WIDTH = 19;
const CLEARED = ['Phone Number', 'Display Name', 'Sip Name', 'Register Addr', 'Register User', 'Register Pswd'];
/** Named for a line too: what is left out keeps the value of its former owner. */
const NO_PROXIES = ['Proxy Addr', 'Proxy User', 'Proxy Pswd', 'BakProxy Addr', 'Backup Addr'];
const CLEAR_LINES = Array.from({ length: LINES }, (_, at) => clearLine(at + 1));

export const fanvilText: VendorFormat = {
  dialect: 'fanvil-text',
  lines: LINES,
  goesByVersion: true,
  files: [
    {
      contentType: 'text/plain; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `${mac}.cfg`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.cfg`,
      whole,
      enrolment: (place) => text(fanvilVersion(place, 'enrolment'), place, []),
    },
  ],
  asksFor: (mac) => ['f0*.*.cfg', 'f0*.cfg', 'F0*.cfg', `${mac}.cfg`],
  resyncEvent: 'check-sync;reboot=false',
  credentialsIn: 'Download Username, Download Password',
  capabilities: {
    account: {
      is: true,
      standing: 'proven',
      source: 'Tancredi fanvil-X3; Wazo wazo_fanvil base; but TLS is 3 at Wazo and 2 at FusionPBX',
    },
    clears: { is: true, standing: 'proven', source: 'Wazo wazo_fanvil base' },
    takesCredentials: { is: true, standing: 'proven', source: 'Tancredi fanvil-X3: Download Username' },
    keepsHome: { is: true, standing: 'proven', source: 'Tancredi fanvil-X3: Download Server IP; FusionPBX x3g' },
    ...FANVIL_CLAIMS,
  },
};

/** The version alone tells one revision from another: no text may be a comment here. */
function whole(model: PhoneModel): string {
  const slots = sayOfLines(model, CLEAR_LINES, (line, position) => lineLines(`SIP${position}`, line));
  const version = fanvilVersion(model, model.isLeft ? 'left' : 'home');
  return text(version, model, [item('SIP Pswd Encryption', 0), item('--SIP Line List--', ''), ...slots]);
}

function text(version: string, place: PhoneHome, sip: readonly string[]): string {
  return [
    `<<VOIP CONFIG FILE>>Version:${version}`,
    '',
    '<SIP CONFIG MODULE>',
    // 1, which FusionPBX ships, makes it restart for a check-sync.
    item('Notify Reboot', 0),
    ...sip,
    '',
    ...home(place),
    '<<END OF FILE>>',
    '',
  ].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  const { mode, hours } = fanvilPace(place);
  return [
    '<AUTOUPDATE CONFIG MODULE>',
    ...sayOfWay(place, (url) => {
      const { server, file, protocol } = fanvilWay(put('provisioningUrl', url));
      return [
        item('Download Username', ''),
        item('Download Password', ''),
        item('Config File Name', file),
        item('Download Server IP', server),
        item('Download Protocol', protocol),
      ];
    }),
    item('Download Mode', mode),
    item('Download Interval', hours),
    // PnP and DHCP come before the phone's own server (C56 manual p. 39).
    ...sayOfWay(place, () => [item('DHCP Option', 0), item('PNP Enable', 0)]),
    item('Download CommonConf', 0),
    item('Download DeviceConf', 1),
  ];
}

function clearLine(position: number): string {
  const sip = `SIP${position}`;
  const empty = [...CLEARED, ...NO_PROXIES].map((name) => item(`${sip} ${name}`, ''));
  return [item(`${sip} Enable Reg`, 0), ...empty].join('\n');
}

function lineLines(sip: string, line: PhoneLine): readonly string[] {
  return [
    item(`${sip} Phone Number`, put('number', line.number)),
    item(`${sip} Display Name`, put('displayName', line.displayName)),
    item(`${sip} Sip Name`, ''),
    item(`${sip} Register Addr`, put('domain', line.domain)),
    item(`${sip} Register Port`, line.port ?? (line.transport === 'tls' ? 5061 : 5060)),
    item(`${sip} Register User`, put('authUser', line.authUser)),
    item(`${sip} Register Pswd`, put('sipKey', line.key.reveal())),
    item(`${sip} Register TTL`, line.expiresSeconds),
    item(`${sip} Transport`, FANVIL_TRANSPORTS[line.transport]),
    ...NO_PROXIES.map((name) => item(`${sip} ${name}`, '')),
    item(`${sip} Enable Reg`, 1),
  ];
}

function put(field: FormatField, value: string): string {
  return carried('fanvil-text', field, value);
}

function item(name: string, value: string | number): string {
  return `${name.padEnd(NAME_WIDTH)}:${value}`;
}
