import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Gigaset N510: XML in ISO-8859-1, `<ProviderFrame><Provider>`, a text in quotes of its own inside the attribute. In a file
 * whose MAC_ADDRESS is another phone's it changes nothing. Led by DHCP option 66 it asks for `<MAC>.xml`; by option 114 or
 * its web page first for the vendor's chain of binary files, from `42/2/master.bin` on, which is not ours. Which handset uses
 * which account stays as it is set on the base: peers tie handset n to account n, which would silence the second handset of
 * a base with one line (I11). Sources: teamwork.gigaset.com, pages 785974523 and 788006157; names as in Wazo's N510 and
 * FusionPBX's gigaset template.
 */
const LINES = 6;
/** Texts of an account. From the second on its number stands at the end of the name. */
const TEXTS: readonly (readonly [name: string, of: (line: PhoneLine) => string])[] = [
  ['BS_IP_Data1.aucS_SIP_DISPLAYNAME', ({ displayName }) => put('displayName', displayName)],
  ['BS_IP_Data3.aucS_SIP_LOGIN_ID', ({ authUser }) => put('authUser', authUser)],
  ['BS_IP_Data1.aucS_SIP_PASSWORD', ({ key }) => put('sipKey', key.reveal())],
  ['BS_IP_Data1.aucS_SIP_USER_ID', ({ number }) => put('number', number)],
  ['BS_IP_Data1.aucS_SIP_DOMAIN', ({ domain }) => put('domain', domain)],
  ['BS_IP_Data1.aucS_SIP_SERVER', ({ domain }) => put('domain', domain)],
  ['BS_IP_Data1.aucS_SIP_REGISTRAR', ({ domain }) => put('domain', domain)],
];
const CLEAR_ACCOUNTS = Array.from({ length: LINES }, (_, at) => clearAccount(at + 1));

export const gigasetN510: VendorFormat = {
  dialect: 'gigaset-n510',
  lines: LINES,
  files: [
    {
      contentType: 'application/xml; charset=iso-8859-1',
      encoding: 'latin1',
      hasLines: true,
      name: (mac) => `${mac.toUpperCase()}.xml`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.xml`,
      whole,
      enrolment: (place) => document('wisp-edge enrolment', place.mac, home(place)),
    },
  ],
  asksFor: (mac) => ['42/2/master.bin', `${mac.toUpperCase()}.xml`],
  resyncEvent: 'check-sync',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_gigaset N510; FusionPBX gigaset; UDP only' },
    clears: { is: true, standing: 'proven', source: 'GS5 config_gigaset_controller: inactive, its texts empty' },
    takesCredentials: { is: false, standing: 'inferred', source: 'no guide at hand names a setting for it' },
    keepsHome: {
      is: true,
      standing: 'inferred',
      source:
        'Wazo wazo_gigaset N510: S_CONFIGFILE_URL, of an http server without its scheme; how long it may be is not told',
    },
    polls: { is: true, standing: 'inferred', source: 'teamwork page 333873237: the timer, told of its firmware' },
    resyncs: { is: true, standing: 'documented', source: 'teamwork page 577503586: tested with software 199 and 210' },
    challengesNotify: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    skipsKnown: { is: false, standing: 'inferred', source: 'Wazo wazo_gigaset N720: VERSION may be left out, as here' },
    localOutranks: { is: false, standing: 'inferred', source: 'no guide says that they do' },
  },
};

function whole(model: PhoneModel): string {
  return document(`wisp-edge revision ${model.revision}`, model.mac, [
    ...home(model),
    ...sayOfLines(model, CLEAR_ACCOUNTS, (line, position) => lineItems(position, line)),
  ]);
}

function document(comment: string, mac: string, items: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="ISO-8859-1"?>',
    `<!-- ${comment} -->`,
    '<ProviderFrame xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="N510.xsd">',
    '<Provider>',
    `<MAC_ADDRESS value="${mac.toUpperCase()}"/>`,
    '<PROFILE_NAME class="string" value="wisp-edge"/>',
    ...items,
    '</Provider>',
    '</ProviderFrame>',
    '',
  ].join('\n');
}

function home(home: PhoneHome): readonly string[] {
  return [
    // Without these two it fetches nothing after a restart.
    symbol('BS_IP_Data.ucB_AUTO_UPDATE_PROFILE', 1),
    symbol('BS_IP_Data3.ucI_ONESHOT_PROVISIONING_MODE_1', 1),
    symbol('BS_IP_Data1.ucB_DO_CHECK_FOR_PROFILE_UPDATES', 1),
    symbol('BS_IP_Data1.uiI_CHECK_FOR_UPDATES_TIMER_INIT', home.pollMinutes),
    ...sayOfWay(home, (url) => {
      // An http server is told by host and path (Wazo). The scheme of an https one must be said: nothing else could.
      const place = put('provisioningUrl', url.replace(/\/+$/, '')).replace(/^http:\/\//, '');
      return [
        // What it asks for beside its configuration does not come from elsewhere either.
        quoted('BS_IP_Data1.aucS_DATA_SERVER[0]', place),
        `<S_CONFIGFILE_URL class="string" value='"${xmlText(`${place}/${home.mac.toUpperCase()}.xml`)}"'/>`,
      ];
    }),
  ];
}

function clearAccount(position: number): string {
  const end = suffix(position);
  return [
    symbol(`BS_IP_Data1.ucB_SIP_ACCOUNT_IS_ACTIVE_${position}`, 0),
    ...TEXTS.map(([name]) => quoted(name + end, '')),
    quoted(nameOf(position), ''),
  ].join('\n');
}

function lineItems(position: number, line: PhoneLine): readonly string[] {
  put('transport', line.transport);
  const end = suffix(position);
  const port = line.port ?? 5060;
  return [
    symbol(`BS_IP_Data1.ucB_SIP_ACCOUNT_IS_ACTIVE_${position}`, 1),
    ...TEXTS.map(([name, of]) => quoted(name + end, of(line))),
    symbol(`BS_IP_Data1.uiI_SIP_SERVER_PORT${end}`, port),
    symbol(`BS_IP_Data1.uiI_SIP_REGISTRAR_PORT${end}`, port),
    symbol(`BS_IP_Data1.uiI_RE_REGISTRATION_TIMER${end}`, line.expiresSeconds),
    symbol(`BS_IP_Data1.ucB_SIP_USE_STUN${end}`, 0),
    quoted(`BS_IP_Data1.aucS_OUTBOUND_PROXY${end}`, ''),
    // Never: FusionPBX's template, and Wazo's of the N720.
    symbol(`BS_IP_Data1.ucI_OUTBOUND_PROXY_MODE${end}`, 2),
    quoted(nameOf(position), put('displayName', line.displayName)),
  ];
}

/** What the base shows of an account. */
function nameOf(position: number): string {
  return `BS_Accounts.astAccounts[${position - 1}].aucAccountName[0]`;
}

/** The first account has no number in most of its names. */
function suffix(position: number): string {
  return position === 1 ? '' : `_${position}`;
}

function symbol(id: string, value: number): string {
  return `<SYMB_ITEM ID="${id}" class="symb_item" value="${value}"/>`;
}

function quoted(id: string, value: string): string {
  return `<SYMB_ITEM ID="${id}" class="symb_item" value='"${xmlText(value)}"'/>`;
}

function put(field: FormatField, value: string): string {
  return carried('gigaset-n510', field, value);
}
