import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';

/**
 * Akuvox: text, `Config.… = value`, first line `#!version:1.0.0.1`; `#` and `;` begin a comment. Asked for: `<mac>.cfg`.
 * Names: Tancredi's akuvox, akuvox410w and akuvox480w; modes of fetching: R20B manual pp. 87-88.
 */
const LINES = 3;
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const;
const CLEARED = ['Label', 'DisplayName', 'UserName', 'AuthName', 'Pwd'].map((name) => `GENERAL.${name}`);
/** Named for a line too: what is left out keeps the value of its former owner. */
const OTHER_SERVERS = ['SIP.Server2', 'OUTPROXY.Server', 'OUTPROXY.BakServer'];
const CLEAR_ACCOUNTS = Array.from({ length: LINES }, (_, at) => clearAccount(at + 1));

export const akuvox: VendorFormat = {
  dialect: 'akuvox',
  lines: LINES,
  files: [
    {
      contentType: 'text/plain; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `${mac}.cfg`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.cfg`,
      whole,
      enrolment: (place) => text('wisp-edge enrolment', home(place)),
    },
  ],
  asksFor: (mac) => [`${mac}.cfg`],
  resyncEvent: 'check-sync;reboot=false',
  credentialsIn: 'Config.Autoprovision.GENERAL.UserName, .Pwd',
  capabilities: {
    account: { is: true, standing: 'inferred', source: 'Tancredi akuvox, for SP-R50P, WP410, WP480' },
    clears: {
      is: true,
      standing: 'inferred',
      source: 'an account that is not enabled; nobody says what an empty value does',
    },
    takesCredentials: {
      is: true,
      standing: 'proven',
      source: 'Tancredi akuvox: Config.Autoprovision.GENERAL.UserName',
    },
    keepsHome: { is: true, standing: 'inferred', source: 'Tancredi akuvox: Config.Autoprovision.GENERAL.Url' },
    polls: {
      is: true,
      standing: 'inferred',
      source: 'Tancredi akuvox: mode 3; on working days at four, at no other pace',
    },
    resyncs: { is: true, standing: 'inferred', source: 'NethVoice sends it to every phone that Tancredi provisions' },
    challengesNotify: { is: false, standing: 'inferred', source: 'NethVoice answers no challenge' },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'inferred', source: 'no guide says that they do' },
  },
};

function whole(model: PhoneModel): string {
  const accounts = sayOfLines(model, CLEAR_ACCOUNTS, (line, position) => lineLines(`Account${position}`, line));
  return text(`wisp-edge revision ${model.revision}`, [...home(model), ...accounts]);
}

function text(comment: string, settings: readonly string[]): string {
  return ['#!version:1.0.0.1', `# ${comment}`, ...settings, ''].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  const { mac } = place;
  const autoprovision = (name: string, value: string | number): string => item(`Autoprovision.${name}`, value);
  return [
    ...sayOfWay(place, (url) => [
      // With the name of the file, as Tancredi writes it: no macro is known.
      autoprovision('GENERAL.Url', `${put('provisioningUrl', url)}${mac}.cfg`),
      autoprovision('GENERAL.UserName', ''),
      autoprovision('GENERAL.Pwd', ''),
    ]),
    // After each start and by the schedule. Of fetching each hour no number is known.
    autoprovision('MODE.Mode', 3),
    autoprovision('SCHEDULE.DayOfWeek', '1~5'),
    autoprovision('SCHEDULE.HourOfDay', 4),
    // Not all of them in the same minute.
    autoprovision('SCHEDULE.MinuteOfHour', Number.parseInt(mac.slice(-2), 16) % 60),
    autoprovision('PNP.Enable', 0),
    autoprovision('DHCP_OPTION.Enable', 0),
    autoprovision('REDIRECT.Enable', 0),
  ];
}

function clearAccount(position: number): string {
  const account = `Account${position}`;
  const empty = [...CLEARED, 'SIP.Server', ...OTHER_SERVERS].map((name) => item(`${account}.${name}`, ''));
  return [item(`${account}.GENERAL.Enable`, 0), ...empty].join('\n');
}

function lineLines(account: string, line: PhoneLine): readonly string[] {
  return [
    item(`${account}.GENERAL.Enable`, 1),
    item(`${account}.GENERAL.Label`, put('displayName', line.displayName)),
    item(`${account}.GENERAL.DisplayName`, put('displayName', line.displayName)),
    item(`${account}.GENERAL.UserName`, put('number', line.number)),
    item(`${account}.GENERAL.AuthName`, put('authUser', line.authUser)),
    item(`${account}.GENERAL.Pwd`, put('sipKey', line.key.reveal())),
    item(`${account}.SIP.Server`, put('domain', line.domain)),
    item(`${account}.SIP.Port`, line.port ?? (line.transport === 'tls' ? 5061 : 5060)),
    item(`${account}.SIP.TransType`, TRANSPORTS[line.transport]),
    item(`${account}.REG.Timeout`, line.expiresSeconds),
    item(`${account}.OUTPROXY.Enable`, 0),
    ...OTHER_SERVERS.map((name) => item(`${account}.${name}`, '')),
  ];
}

function put(field: FormatField, value: string): string {
  return carried('akuvox', field, value);
}

function item(name: string, value: string | number): string {
  return `Config.${name} = ${value}`;
}
