import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { LineSlot, PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Gigaset N610, N670, N770, N870: XML of `<param>`s and `<oper>`ations under `<nvm>`, asked for as `<mac>.xml`. A line is an
 * account with a provider of its own, for the next one may have another registrar, and a handset, which joins the base with
 * the last four digits of the extension (DECT_AC), as Wazo's do. A line that is gone takes its handset off the base: an
 * empty value is said to do harm (teamwork.gigaset.com, page 613089862), and `ToDeReg` removes handset and account settings;
 * it must stand first (page 762774172). Where a slot has to go from one to another at once it is followed by the new handset
 * in the same file, which no guide shows (inferred). `DeleteNotProvisionedHS` is not used: it would take away what is left
 * alone, and what a person set up on the base (I11).
 * Sources: Wazo's Nx70 plugin; teamwork pages 1348174511, 1049428309.
 */
const LINES = 8;
const TRANSPORTS = { udp: 1, tcp: 2, tls: 3 } as const;

export const gigasetNx70: VendorFormat = {
  dialect: 'gigaset-nx70',
  lines: LINES,
  hasHandsets: true,
  joinCodeOf: codeOf,
  files: [
    {
      contentType: 'application/xml; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `${mac}.xml`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.xml`,
      whole,
      enrolment: (place) => document('wisp-edge enrolment', home(place)),
    },
  ],
  asksFor: (mac) => [`${mac}.xml`],
  resyncEvent: 'check-sync;reboot=false',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_gigaset Nx70_83_v2_65_0' },
    clears: { is: true, standing: 'documented', source: 'teamwork page 762774172: RegStatus ToDeReg' },
    takesCredentials: {
      is: true,
      standing: 'documented',
      source: 'teamwork page 1391168731: a digest user, after a first try as its MAC; the setting is not named',
    },
    keepsHome: { is: true, standing: 'proven', source: 'Wazo wazo_gigaset: Provisioning.global.ProvisioningServer' },
    polls: { is: false, standing: 'inferred', source: 'no guide at hand names a setting of its pace' },
    resyncs: { is: true, standing: 'documented', source: 'teamwork page 1348174511: never needs a restart' },
    challengesNotify: {
      is: false,
      standing: 'inferred',
      source: 'no guide says that it does; it wants a valid account',
    },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'inferred', source: 'no guide says that they do' },
  },
};

function whole(model: PhoneModel): string {
  const slots = model.slots.slice(0, LINES);
  return document(`wisp-edge revision ${model.revision}`, [
    ...slots.flatMap((slot, at) => (isTakenOff(slot) ? [param(`hs.${idOf(at)}.RegStatus`, 'ToDeReg')] : [])),
    ...home(model),
    ...slots.flatMap((slot, at) => (slot.kind === 'line' ? lineParams(at, slot.line) : [])),
  ]);
}

function isTakenOff(slot: LineSlot): boolean {
  return slot.kind === 'clear' || (slot.kind === 'line' && slot.takesOff === true);
}

function document(comment: string, settings: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${comment} -->`,
    '<provisioning version="1.1" productID="e2">',
    '<nvm>',
    ...settings,
    '</nvm>',
    '</provisioning>',
    '',
  ].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  return [
    // It adds the slash and its file's name.
    ...sayOfWay(place, (url) => [
      param('Provisioning.global.ProvisioningServer', put('provisioningUrl', url.replace(/\/+$/, ''))),
    ]),
    // From 2.52 on a NOTIFY may restart it, and no resync of ours needs that.
    param('SystemSettings.global.CheckSyncRebootEnabled', 0),
    // Nobody who answers its multicast first leads it elsewhere.
    param('SystemSettings.global.SipMulticastEnabled', 0),
  ];
}

function lineParams(at: number, line: PhoneLine): readonly string[] {
  const id = idOf(at);
  const provider = `SipProvider.${at}`;
  const account = `SipAccount.${id}`;
  const domain = put('domain', line.domain);
  const port = line.port ?? (line.transport === 'tls' ? 5061 : 5060);
  return [
    param(`${provider}.Name`, domain),
    param(`${provider}.Domain`, domain),
    param(`${provider}.ProxyServerAddress`, domain),
    param(`${provider}.ProxyServerPort`, port),
    param(`${provider}.RegServerAddress`, domain),
    param(`${provider}.RegServerPort`, port),
    param(`${provider}.RegServerRefreshTimer`, line.expiresSeconds),
    param(`${provider}.TransportProtocol`, TRANSPORTS[line.transport]),
    param(`${provider}.UseSIPS`, 0),
    // The port above is the one that counts.
    param(`${provider}.DnsQuery`, 0),
    param(`${provider}.FailoverServerEnabled`, 0),
    param(`${provider}.OutboundProxyMode`, 2),
    `<oper name="add_hs" value="${id}">`,
    param('hs.RegStatus', 'ToReg'),
    '</oper>',
    param(`hs.${id}.DECT_AC`, codeOf(line.number)),
    param(`${account}.ProviderId`, at),
    param(`${account}.UserName`, put('number', line.number)),
    param(`${account}.AuthName`, put('authUser', line.authUser)),
    param(`${account}.AuthPassword`, put('sipKey', line.key.reveal())),
    param(`${account}.DisplayName`, put('displayName', line.displayName)),
  ];
}

/** How handset and account of a line are named: 00001 is the first (Wazo). */
function idOf(at: number): string {
  return String(at + 1).padStart(5, '0');
}

/** What is typed into a handset to join as this line: four digits. */
function codeOf(number: string): string {
  return number.replace(/\D/g, '').slice(-4).padStart(4, '0');
}

/** Attributes carry what character data does: tabs and line breaks, which XML would change, were refused before. */
function param(name: string, value: string | number): string {
  return `<param name="${name}" value="${xmlText(String(value))}"/>`;
}

function put(field: FormatField, value: string): string {
  return carried('gigaset-nx70', field, value);
}
