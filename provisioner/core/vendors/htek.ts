import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Htek, and Sangoma S: XML of P-values, which are Grandstream's in part only. Asked for: a common file by model, then
 * `cfg<mac>.xml`; only the latter is ours. With firmware 2.0.4.4.58 an account's server stands in a profile, which goes by
 * the numbers that were the account's own; so each account is given the profile of its own number. Numbers: FusionPBX uc926
 * and Sangoma s500, Wazo wazo_htek v2_0_4_6_41, Tancredi sangoma.
 */
const LINES = 6;
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const;

/** The number of each setting, account 1 first: no rule holds for all of them. Names as the phones spell them. */
const ACCOUNT = {
  Active: [271, 401, 501, 601, 20360, 20361],
  Profile: [24082, 24083, 24084, 24085, 24086, 24087],
  Lable: [20000, 20001, 20002, 20003, 20378, 20379],
  SipUserId: [35, 735, 504, 604, 1704, 1804],
  AuthenticateID: [36, 736, 505, 605, 1705, 1805],
  AuthenticatePassword: [34, 734, 506, 606, 1706, 1806],
  DispalyName: [3, 703, 507, 607, 1707, 1807],
  Sipserver: [47, 747, 502, 602, 20362, 20363],
  FailoverSipserver: [967, 987, 988, 989, 20364, 20365],
  SecondFailoverSipserver: [8851, 8852, 8853, 8854, 20366, 20367],
  OutboundProxy: [48, 748, 503, 603, 20370, 20371],
  BackUpOutboundProxy: [20047, 20048, 20049, 20050, 20372, 20373],
  SipTransport: [130, 830, 930, 1030, 20374, 20375],
  SipRegistration: [31, 731, 510, 610, 20384, 20385],
  RegisterExpiration: [32, 732, 512, 612, 20388, 20389],
} as const satisfies Readonly<Record<string, readonly number[]>>;
type Setting = keyof typeof ACCOUNT;

const CLEARED: readonly Setting[] = [
  'Lable',
  'SipUserId',
  'AuthenticateID',
  'AuthenticatePassword',
  'DispalyName',
  'Sipserver',
];
/** Named for a line too: what is left out keeps the value of its former owner. */
const OTHER_SERVERS: readonly Setting[] = [
  'FailoverSipserver',
  'SecondFailoverSipserver',
  'OutboundProxy',
  'BackUpOutboundProxy',
];
const CLEAR_ACCOUNTS = Array.from({ length: LINES }, (_, at) => clearAccount(at));

export const htek: VendorFormat = {
  dialect: 'htek',
  lines: LINES,
  files: [
    {
      contentType: 'application/xml; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `cfg${mac}.xml`,
      isNamed: (name, mac) => name.toLowerCase() === `cfg${mac}.xml`,
      whole,
      enrolment: (place) => document('wisp-edge enrolment', home(place)),
    },
  ],
  asksFor: (mac) => ['cfg00*.xml', `cfg${mac}.xml`],
  resyncEvent: 'check-sync',
  credentialsIn: 'P1360, P1361',
  capabilities: {
    account: {
      is: true,
      standing: 'proven',
      source:
        'FusionPBX uc926, Sangoma s500; Wazo wazo_htek. That profiles 2 to 6 have the numbers of accounts is inferred',
    },
    clears: { is: true, standing: 'inferred', source: 'FusionPBX uc926 empties an account that is not used' },
    takesCredentials: { is: true, standing: 'proven', source: 'Wazo wazo_htek: P1360, P1361' },
    keepsHome: {
      is: true,
      standing: 'proven',
      source: 'Wazo wazo_htek: P237 as a URL; Tancredi sangoma: P145 0, P212 3',
    },
    polls: { is: true, standing: 'proven', source: 'Tancredi sangoma: P194, and P193 in minutes' },
    resyncs: {
      is: true,
      standing: 'inferred',
      source: 'Wazo sends check-sync, FusionPBX resync and check-sync;reboot=true; P24012 lets a NOTIFY in (FusionPBX)',
    },
    challengesNotify: {
      is: false,
      standing: 'inferred',
      source: 'FusionPBX uc926 ships CheckSyncWithAuth (P20983) as 0',
    },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'inferred', source: 'no guide says that they do' },
  },
};

function whole(model: PhoneModel): string {
  const accounts = sayOfLines(model, CLEAR_ACCOUNTS, (line, position) => lineValues(position - 1, line));
  return document(`wisp-edge revision ${model.revision}`, [...home(model), ...accounts]);
}

function document(comment: string, values: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${comment} -->`,
    '<hl_provision version="1">',
    '<config version="1">',
    ...values,
    '</config>',
    '</hl_provision>',
    '',
  ].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  return [
    ...sayOfWay(place, (url) => [
      // A URL, unlike Grandstream's; HTTPS is 3, unlike Grandstream's 2.
      p(237, 'FirmwareUpGrade.ConfigServerPath', put('provisioningUrl', url)),
      p(212, 'FirmwareUpGrade.UrgrateMode', url.startsWith('https:') ? 3 : 1),
      p(1360, 'FirmwareUpGrade.UserName', ''),
      p(1361, 'FirmwareUpGrade.Password', ''),
      p(232, 'FirmwareUpGrade.FilePrefix', ''),
      p(233, 'FirmwareUpGrade.FilePostfix', ''),
    ]),
    p(194, 'FirmwareUpGrade.AutoUpgrade', 1),
    p(193, 'FirmwareUpGrade.CheckUpgradeTimes', place.pollMinutes),
    // DHCP option 66 and PnP come before the phone's own server.
    ...sayOfWay(place, () => [p(145, 'FirmwareUpGrade.ToOverrideServer', 0), p(20165, 'FirmwareUpGrade.PnPActive', 0)]),
    // Nobody is asked at the phone.
    p(20933, 'FirmwareUpGrade.ZeroTouchEnable', 0),
    p(24012, 'RemoteControl.Sipnotify', 1),
  ];
}

function clearAccount(at: number): string {
  const empty = [...CLEARED, ...OTHER_SERVERS].map((setting) => account(at, setting, ''));
  return [account(at, 'Active', 0), ...empty].join('\n');
}

function lineValues(at: number, line: PhoneLine): readonly string[] {
  const domain = put('domain', line.domain);
  return [
    account(at, 'Active', 1),
    account(at, 'Profile', at),
    account(at, 'Lable', put('displayName', line.displayName)),
    account(at, 'SipUserId', put('number', line.number)),
    account(at, 'AuthenticateID', put('authUser', line.authUser)),
    account(at, 'AuthenticatePassword', put('sipKey', line.key.reveal())),
    account(at, 'DispalyName', put('displayName', line.displayName)),
    account(at, 'Sipserver', line.port === null ? domain : `${domain}:${line.port}`),
    ...OTHER_SERVERS.map((setting) => account(at, setting, '')),
    account(at, 'SipTransport', TRANSPORTS[line.transport]),
    account(at, 'SipRegistration', 1),
    // Minutes.
    account(at, 'RegisterExpiration', Math.max(1, Math.round(line.expiresSeconds / 60))),
  ];
}

function put(field: FormatField, value: string): string {
  return carried('htek', field, value);
}

/** A setting of an account; `at` 0 is account 1. */
function account(at: number, setting: Setting, value: string | number): string {
  const number = ACCOUNT[setting][at];
  return number === undefined ? '' : p(number, `Account${at + 1}.${setting}`, value);
}

/** The phone goes by the number; `para` is the name that its own export shows beside it. */
function p(number: number, para: string, value: string | number): string {
  return `<P${number} para="${para}">${xmlText(String(value))}</P${number}>`;
}
