import { lineLimit } from '../../../schemas/phone-formats/refusal.ts';
import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneFile, PhoneHome, PhoneLine, PhoneModel } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Cisco's flat-profile, which SPA and MPP phones share: one element a parameter, named as on its web page with `_` for
 * blanks and brackets, the line as `_n_`. An element that it does not know is ignored, one that is left out leaves the
 * phone's value, one with a beginning, an end and nothing between sets it empty; `ua="na"` keeps the user from it. A
 * `Profile_Rule` is a URL with macros, of which `$MA` is the MAC in lower case and `$$` one `$`. Source: SPA901
 * provisioning guide pp. 29–42, 8800 MPP guide 11.3 pp. 74–80; names as in FusionPBX's spa504g and 8841.
 */
export type FlatProfileDialect = 'cisco-spa' | 'cisco-mpp';

const TRANSPORTS = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' } as const;
const CLEARED = ['Display_Name', 'User_ID', 'Auth_ID', 'Password', 'Proxy', 'Outbound_Proxy'];
/** How long a phone must be idle before a NOTIFY makes it fetch, in seconds: by itself it waits for four hours of silence. */
const IDLE_SECONDS = 30;

/** The only file of such a phone that is ours: `$MA.xml`. */
export function flatProfileFile(dialect: FlatProfileDialect): PhoneFile {
  const numbers = Array.from({ length: lineLimit(dialect) }, (_, at) => at + 1);
  const cleared = numbers.map(clearLine);
  return {
    contentType: 'application/xml; charset=utf-8',
    encoding: 'utf8',
    hasLines: true,
    name: (mac) => `${mac}.xml`,
    isNamed: (name, mac) => name.toLowerCase() === `${mac}.xml`,
    whole(model: PhoneModel) {
      const lines = sayOfLines(model, cleared, (line, position) => lineElements(dialect, position, line));
      return document(`wisp-edge revision ${model.revision}`, [...home(dialect, model, 'whole'), ...lines]);
    },
    enrolment: (place) => document('wisp-edge enrolment', home(dialect, place, 'enrolment')),
  };
}

function document(comment: string, elements: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<flat-profile>',
    `<!-- ${comment} -->`,
    ...elements,
    '</flat-profile>',
    '',
  ].join('\n');
}

function home(dialect: FlatProfileDialect, place: PhoneHome, kind: 'whole' | 'enrolment'): readonly string[] {
  const seconds = String(place.pollMinutes * 60);
  return [
    element('Provision_Enable', 'Yes'),
    element('Resync_On_Reset', 'Yes'),
    element('Resync_Periodic', seconds),
    // The periodic timer runs after a success only.
    element('Resync_Error_Retry_Delay', seconds),
    element('Forced_Resync_Delay', String(IDLE_SECONDS)),
    element('Resync_From_SIP', 'Yes'),
    // A condition of its former owner could keep it from asking.
    element('Resync_Trigger_1', ''),
    element('Resync_Trigger_2', ''),
    // Its user and password would stand in the rule itself: [--uid USER --pwd PASSWORD]URL.
    ...sayOfWay(place, (url) => {
      const rule = `${keyOption(place)}${carried(dialect, 'provisioningUrl', url).replaceAll('$', () => '$$')}$MA.xml`;
      return [
        element('Profile_Rule', rule),
        // The rules are gone through in order: one that an enrolment sets here is asked for at once, not at the next poll.
        element('Profile_Rule_B', kind === 'enrolment' ? rule : ''),
        element('Profile_Rule_C', ''),
        element('Profile_Rule_D', ''),
      ];
    }),
    // Where it would send its configuration.
    element('Report_Rule', ''),
    ...keyingMaterial(dialect, place),
  ];
}

/** `--key` is the `-k` of `openssl enc`; of an MPP phone too, whose files may come in either cipher. */
function keyOption({ fileKey }: PhoneHome): string {
  return fileKey === null ? '' : `[--key ${fileKey.reveal()}] `;
}

/** What an MPP phone reads `aes128gcm` with; a `--key` beside it does not count for such a file (8800 MPP guide p. 105). */
function keyingMaterial(dialect: FlatProfileDialect, { fileKey }: PhoneHome): readonly string[] {
  return fileKey === null || dialect !== 'cisco-mpp' ? [] : [element('IKM_HTTP_Encrypt_Content', fileKey.reveal())];
}

function clearLine(position: number): string {
  return [
    element(`Line_Enable_${position}_`, 'No'),
    ...CLEARED.map((name) => element(`${name}_${position}_`, '')),
    // What the key says from the factory: the user of its extension.
    element(`Short_Name_${position}_`, '$USER'),
  ].join('\n');
}

function lineElements(dialect: FlatProfileDialect, position: number, line: PhoneLine): readonly string[] {
  const put = (field: FormatField, value: string): string => carried(dialect, field, value);
  const displayName = put('displayName', line.displayName);
  const port = line.port ?? (line.transport === 'tls' ? 5061 : null);
  const domain = put('domain', line.domain);
  const values: readonly (readonly [string, string])[] = [
    ['Line_Enable', 'Yes'],
    ['Display_Name', displayName],
    ['User_ID', put('number', line.number)],
    // An MPP phone takes an Auth_ID that is there.
    ...(dialect === 'cisco-spa' ? ([['Use_Auth_ID', 'Yes']] as const) : []),
    ['Auth_ID', put('authUser', line.authUser)],
    ['Password', put('sipKey', line.key.reveal())],
    // The server's port stands here; SIP_Port is the phone's own.
    ['Proxy', port === null ? domain : `${domain}:${port}`],
    ['Use_Outbound_Proxy', 'No'],
    ['Outbound_Proxy', ''],
    ['Use_DNS_SRV', 'No'],
    ['SIP_Transport', TRANSPORTS[line.transport]],
    ['Register', 'Yes'],
    ['Register_Expires', String(line.expiresSeconds)],
    // Who sends a NOTIFY must have the line's key.
    ['Auth_Resync-Reboot', 'Yes'],
    ['Extension', String(position)],
    ['Short_Name', displayName],
    ['Extended_Function', ''],
  ];
  return values.map(([name, value]) => element(`${name}_${position}_`, value));
}

function element(name: string, value: string): string {
  return `<${name} ua="na">${xmlText(value)}</${name}>`;
}
