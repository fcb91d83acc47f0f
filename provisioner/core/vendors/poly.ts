import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Poly and Polycom with UC Software: XML whose attributes are the parameters. The master file `<mac>.cfg` names the files
 * that hold them, and we name one. `device.` parameters are kept in the phone and taken only where their own `.set` and
 * `device.set` are 1 (CX5100 guide). Of the others a phone has those that its files say at present (inferred: no guide at
 * hand says what becomes of one that is left out): a file with a slot of `keep` would leave a line without its account.
 * Sources: UC Software administrator guides; names as in Wazo's and FusionPBX's templates. Phones of Obihai's make
 * (VVX D230, OBi) read another format.
 */
const LINES = 12;
const TRANSPORTS = { udp: 'UDPOnly', tcp: 'TCPOnly', tls: 'TLS' } as const;
/** A relative `prov.polling.period` must be greater than 3600 (UC Software 5.8.1 guide, provisional polling). */
const LEAST_POLL_SECONDS = 3601;
const CLEARED = ['displayName', 'label', 'address', 'auth.userId', 'auth.password', 'server.1.address'];
const CLEAR_REGISTRATIONS = Array.from({ length: LINES }, (_, at) => clearRegistration(`reg.${at + 1}`));

export const poly: VendorFormat = {
  dialect: 'poly',
  lines: LINES,
  forgetsLeftOut: true,
  files: [
    {
      contentType: 'application/xml; charset=utf-8',
      encoding: 'utf8',
      hasLines: false,
      name: (mac) => `${mac}.cfg`,
      isNamed: (name, mac) => name.toLowerCase() === `${mac}.cfg`,
      whole: master,
      enrolment: master,
    },
    {
      contentType: 'application/xml; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: settingsName,
      isNamed: (name, mac) => name.toLowerCase() === settingsName(mac),
      whole,
      enrolment: (place) => settings('wisp-edge enrolment', home(place)),
    },
  ],
  asksFor: (mac) => [
    `${mac}.cfg`,
    // When it finds no master file of its own.
    '000000000000.cfg',
    settingsName(mac),
    `${mac}-phone.cfg`,
    `${mac}-web.cfg`,
    '000000000000-license.cfg',
    `${mac}-license.cfg`,
    `${mac}-calls.xml`,
    `${mac}-directory.xml`,
    '000000000000-directory.xml',
  ],
  resyncEvent: 'check-sync',
  credentialsIn: 'device.prov.user, device.prov.password',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_polycom; FusionPBX polycom/5.x' },
    clears: { is: true, standing: 'inferred', source: 'empty is Null, the default of reg.x.address' },
    takesCredentials: { is: true, standing: 'proven', source: 'FusionPBX polycom/5.x: device.prov.user' },
    keepsHome: { is: true, standing: 'proven', source: 'FusionPBX polycom/5.x: device.prov.serverName' },
    polls: { is: true, standing: 'documented', source: 'UC Software 5.8.1 guide: prov.polling, at most once an hour' },
    resyncs: {
      is: true,
      standing: 'inferred',
      source: 'checkSync.alwaysReboot 0; old software restarts for a new file',
    },
    challengesNotify: {
      is: false,
      standing: 'inferred',
      source: 'FusionPBX polycom/5.x sets requestValidation to ask',
    },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: true, standing: 'documented', source: 'CX5100 guide: -phone.cfg and -web.cfg override' },
  },
};

function settingsName(mac: string): string {
  return `${mac}-settings.cfg`;
}

/**
 * Without a firmware to load. Logs and overrides would be put beside it; the phone keeps what it cannot put, so that
 * settings changed on it outrank ours all the same.
 */
function master({ mac }: PhoneHome): string {
  return document('wisp-edge', 'APPLICATION', [
    attribute('APP_FILE_PATH', ''),
    attribute('CONFIG_FILES', settingsName(mac)),
    attribute('MISC_FILES', ''),
  ]);
}

function whole(model: PhoneModel): string {
  return settings(`wisp-edge revision ${model.revision}`, [
    ...home(model),
    // Its check-sync is to fetch, and to restart only where a setting asks for it; 1 restarts each time.
    attribute('voIpProt.SIP.specialEvent.checkSync.alwaysReboot', 0),
    ...sayOfLines(model, CLEAR_REGISTRATIONS, (line, position) => lineAttributes(`reg.${position}`, line)),
  ]);
}

function settings(comment: string, parameters: readonly string[]): string {
  return document(comment, 'polycomConfig', parameters);
}

/** One element: its attributes are all there is to say. */
function document(comment: string, element: string, attributes: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    `<!-- ${comment} -->`,
    `<${element}`,
    ...attributes,
    '/>',
    '',
  ].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  return [
    attribute('device.set', 1),
    ...sayOfWay(place, (url) => [
      // A URL is taken with its scheme (SIP 3.1 guide, A-2), and the type said besides.
      ...device('prov.serverName', put('provisioningUrl', url)),
      ...device('prov.serverType', url.startsWith('https:') ? 'HTTPS' : 'HTTP'),
      // DHCP options 66 and 160 would lead it elsewhere, and Poly's redirection, which other servers switch off so, too.
      ...device('dhcp.bootSrvUseOpt', 'Static'),
      ...device('prov.ztpEnabled', 0),
    ]),
    // Its User-Agent tells the MAC.
    ...device('prov.tagSerialNo', 1),
    attribute('prov.polling.enabled', 1),
    attribute('prov.polling.mode', 'rel'),
    attribute('prov.polling.period', Math.max(place.pollMinutes * 60, LEAST_POLL_SECONDS)),
  ];
}

function clearRegistration(reg: string): string {
  return CLEARED.map((name) => attribute(`${reg}.${name}`, '')).join('\n');
}

function lineAttributes(reg: string, line: PhoneLine): readonly string[] {
  const displayName = put('displayName', line.displayName);
  return [
    attribute(`${reg}.displayName`, displayName),
    attribute(`${reg}.label`, displayName),
    attribute(`${reg}.address`, put('number', line.number)),
    attribute(`${reg}.auth.userId`, put('authUser', line.authUser)),
    attribute(`${reg}.auth.password`, put('sipKey', line.key.reveal())),
    attribute(`${reg}.server.1.address`, put('domain', line.domain)),
    // 0: the transport's own port (UC Software 4.1.6 guide, reg.x.server.y.port).
    attribute(`${reg}.server.1.port`, line.port ?? 0),
    attribute(`${reg}.server.1.transport`, TRANSPORTS[line.transport]),
    attribute(`${reg}.server.1.expires`, line.expiresSeconds),
    attribute(`${reg}.server.1.register`, 1),
    attribute(`${reg}.server.2.address`, ''),
    attribute(`${reg}.outboundProxy.address`, ''),
  ];
}

function put(field: FormatField, value: string): string {
  return carried('poly', field, value);
}

function device(name: string, value: string | number): readonly string[] {
  return [attribute(`device.${name}.set`, 1), attribute(`device.${name}`, value)];
}

/** Quotes are escaped as in any text; tabs and line breaks, which a parser would make blanks, were refused before. */
function attribute(name: string, value: string | number): string {
  return `${name}="${xmlText(String(value))}"`;
}
