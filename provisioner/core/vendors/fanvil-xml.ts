import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import { FANVIL_CLAIMS, FANVIL_TRANSPORTS, fanvilPace, fanvilVersion, fanvilWay } from './fanvil.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Fanvil since the U series: XML, `<sysConf>`, names as elements, a line by its `index`. Asked for: a common file by model
 * and hardware, then `<mac>.cfg`; only the latter is ours. Names: Wazo wazo_fanvil (base-new), FusionPBX x3u to x7c;
 * what they leave out of `ap` (PnP, DHCP option 0): Tancredi's fanvil-X5, the same names in the text.
 */
const LINES = 12;
const CLEARED = ['PhoneNumber', 'DisplayName', 'SipName', 'RegisterAddr', 'RegisterUser', 'RegisterPswd'];
/** Named for a line too: what is left out keeps the value of its former owner. */
const NO_PROXIES = ['ProxyAddr', 'ProxyUser', 'ProxyPswd', 'BakProxyAddr', 'BackupAddr'].map((name) => item(name, ''));
const CLEAR_LINES = Array.from({ length: LINES }, (_, at) => clearLine(at + 1));

export const fanvilXml: VendorFormat = {
  dialect: 'fanvil-xml',
  lines: LINES,
  goesByVersion: true,
  files: [
    {
      contentType: 'application/xml; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `${mac}.cfg`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.cfg`,
      whole,
      enrolment: (place) => document('wisp-edge enrolment', fanvilVersion(place, 'enrolment'), place, []),
    },
  ],
  asksFor: (mac) => ['f0*.*.cfg', 'F0*.cfg', 'fanvil_*_*_*.txt', 'fanvil_*_*_*_*.txt', `${mac}.cfg`],
  resyncEvent: 'check-sync;reboot=false',
  credentialsIn: 'DefaultUsername, DefaultPassword',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_fanvil base-new; FusionPBX x4u' },
    clears: { is: true, standing: 'proven', source: 'Wazo wazo_fanvil base-new' },
    takesCredentials: { is: true, standing: 'proven', source: 'Wazo wazo_fanvil base-new: DefaultUsername' },
    keepsHome: { is: true, standing: 'proven', source: 'Wazo wazo_fanvil base-new: FlashServerIP; FusionPBX x4u' },
    ...FANVIL_CLAIMS,
  },
};

function whole(model: PhoneModel): string {
  const lines = sayOfLines(model, CLEAR_LINES, (line, position) => lineLines(position, line));
  const version = fanvilVersion(model, model.isLeft ? 'left' : 'home');
  const sip = [item('SIPPswdEncryption', 0), ...lines];
  return document(`wisp-edge revision ${model.revision}`, version, model, sip);
}

function document(comment: string, version: string, place: PhoneHome, sip: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${comment} -->`,
    '<sysConf>',
    item('Version', version),
    ...home(place),
    '<sip>',
    // 1, which FusionPBX ships, makes it restart for a check-sync.
    item('NotifyReboot', 0),
    ...sip,
    '</sip>',
    '</sysConf>',
    '',
  ].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  const { mode, hours } = fanvilPace(place);
  return [
    '<ap>',
    ...sayOfWay(place, () => [item('DefaultUsername', ''), item('DefaultPassword', '')]),
    item('DownloadCommonConf', 0),
    item('DownloadDeviceConf', 1),
    ...sayOfWay(place, (url) => {
      const { server, file, protocol } = fanvilWay(put('provisioningUrl', url));
      return [item('FlashServerIP', server), item('FlashFileName', file), item('FlashProtocol', protocol)];
    }),
    item('FlashMode', mode),
    item('FlashInterval', hours),
    // PnP and DHCP come before the phone's own server (C56 manual p. 39).
    ...sayOfWay(place, () => ['<pnp>', item('PNPEnable', 0), '</pnp>', '<opt>', item('DHCPOption', 0), '</opt>']),
    '</ap>',
  ];
}

function clearLine(position: number): string {
  const empty = CLEARED.map((name) => item(name, ''));
  return [`<line index="${position}">`, item('EnableReg', 0), ...empty, ...NO_PROXIES, '</line>'].join('\n');
}

function lineLines(position: number, line: PhoneLine): readonly string[] {
  return [
    `<line index="${position}">`,
    item('PhoneNumber', put('number', line.number)),
    item('DisplayName', put('displayName', line.displayName)),
    item('SipName', ''),
    item('RegisterAddr', put('domain', line.domain)),
    item('RegisterPort', line.port ?? (line.transport === 'tls' ? 5061 : 5060)),
    item('RegisterUser', put('authUser', line.authUser)),
    item('RegisterPswd', put('sipKey', line.key.reveal())),
    item('RegisterTTL', line.expiresSeconds),
    item('Transport', FANVIL_TRANSPORTS[line.transport]),
    ...NO_PROXIES,
    item('EnableReg', 1),
    '</line>',
  ];
}

function put(field: FormatField, value: string): string {
  return carried('fanvil-xml', field, value);
}

function item(name: string, value: string | number): string {
  return `<${name}>${xmlText(String(value))}</${name}>`;
}
