import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Snom: XML. A URL that ends in `/` makes the phone ask for `snom<MODEL>.htm` (404, healthy) and then for
 * `snom<MODEL>-<MAC>.htm`, which is ours whatever model it names. `perm="R"` write-protects a setting, `RW` lets people
 * change it until the next fetch. Source: Snom, "Auto Provisioning" and "XML/Flags".
 */
const LINES = 12;
const CLEARED = ['realname', 'idle_text', 'name', 'pname', 'pass', 'host', 'outbound'].map((name) => `user_${name}`);
const CLEAR_IDENTITIES = Array.from({ length: LINES }, (_, at) => clearIdentity(at + 1));

export const snom: VendorFormat = {
  dialect: 'snom',
  lines: LINES,
  files: [
    {
      contentType: 'application/xml; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac, model) => `snom${modelOf(model)}-${mac.toUpperCase()}.htm`,
      isNamed: (name, mac) => /^snom[a-z0-9]{0,32}-([0-9a-f]{12})\.htm$/.exec(name.toLowerCase())?.[1] === mac,
      whole,
      enrolment: (place) => document('wisp-edge enrolment', home(place)),
    },
  ],
  asksFor: (mac, model) => [`snom${modelOf(model)}.htm`, `snom${modelOf(model)}-${mac.toUpperCase()}.htm`],
  resyncEvent: 'check-sync;reboot=false',
  credentialsIn: 'http_client_user, http_client_pass',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'Wazo wazo_snom; FusionPBX D785' },
    clears: { is: true, standing: 'inferred', source: 'an empty setting is one like any other' },
    takesCredentials: { is: true, standing: 'proven', source: 'Wazo wazo_snom, FusionPBX D785: http_client_user' },
    keepsHome: { is: true, standing: 'documented', source: 'Auto Provisioning: setting_server' },
    polls: { is: true, standing: 'proven', source: 'Wazo wazo_snom: prov_polling' },
    resyncs: { is: true, standing: 'proven', source: 'wazo-provd-plugins PR 146; DECT models restart' },
    challengesNotify: { is: false, standing: 'inferred', source: 'setting challenge_checksync' },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'documented', source: 'XML/Flags: perm R, as every setting here has' },
  },
};

function whole(model: PhoneModel): string {
  return document(`wisp-edge revision ${model.revision}`, [
    ...home(model),
    // Whoever answers first at its next start would lead it elsewhere; multicast is asked before setting_server.
    setting('pnp_config', 'off'),
    ...sayOfLines(model, CLEAR_IDENTITIES, (line, position) => lineSettings(position, line)),
  ]);
}

function modelOf(model: string | null): string {
  return (model ?? '').replace(/^snom|[^A-Za-z0-9]/gi, '');
}

function document(comment: string, settings: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${comment} -->`,
    '<settings>',
    '<phone-settings>',
    ...settings,
    '</phone-settings>',
    '</settings>',
    '',
  ].join('\n');
}

function home(place: PhoneHome): readonly string[] {
  const seconds = String(place.pollMinutes * 60);
  return [
    // An engineer on site may lead the phone elsewhere.
    ...sayOfWay(place, (url) => [`<setting_server perm="RW">${xmlText(put('provisioningUrl', url))}</setting_server>`]),
    setting('update_policy', 'settings_only'),
    setting('prov_polling_enabled', 'on'),
    setting('prov_polling_mode', 'rel'),
    setting('prov_polling_period', seconds),
    // What firmware before prov_polling reads.
    setting('settings_refresh_timer', seconds),
  ];
}

function clearIdentity(position: number): string {
  const empty = CLEARED.map((name) => setting(name, '', position));
  return [setting('user_active', 'off', position), ...empty].join('\n');
}

function lineSettings(position: number, line: PhoneLine): readonly string[] {
  const domain = put('domain', line.domain);
  const port = line.port === null ? '' : `:${line.port}`;
  const values: readonly (readonly [string, string])[] = [
    ['user_active', 'on'],
    ['user_realname', put('displayName', line.displayName)],
    ['user_idle_text', put('displayName', line.displayName)],
    ['user_name', put('number', line.number)],
    ['user_pname', put('authUser', line.authUser)],
    ['user_pass', put('sipKey', line.key.reveal())],
    ['user_host', domain],
    // The only place where Snom takes a port and a transport.
    ['user_outbound', `${domain}${port};transport=${line.transport}`],
    ['user_expiry', String(line.expiresSeconds)],
  ];
  return values.map(([name, value]) => setting(name, value, position));
}

function setting(name: string, value: string, position?: number): string {
  const idx = position === undefined ? '' : ` idx="${position}"`;
  return `<${name}${idx} perm="R">${xmlText(value)}</${name}>`;
}

function put(field: FormatField, value: string): string {
  return carried('snom', field, value);
}
