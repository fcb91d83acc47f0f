import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Grandstream GXV34xx: settings by name (config version 2) where the others have P-values, in a file of the same name,
 * which is refused when its `<mac>` is another phone's. Asked for in order: `cfg<mac>`, `cfg<mac>.xml`, the model's, and
 * `cfg.xml`. Sources: FusionPBX's gxv3480, Grandstream's own template of firmware 1.0.1.09 (`userId` with a capital letter,
 * as no GXP or GRP has it); SIP Device Provisioning Guide.
 */
const LINES = 16;
const TRANSPORTS = { udp: 'UDP', tcp: 'TCP', tls: 'TlsOrTcp' } as const;
/** The least time between two polls, as the template says of provisioning.auto.minute. */
const LEAST_POLL_MINUTES = 60;
const CLEARED = [
  'name',
  'sip.server.1.address',
  'sip.outboundProxy.1.address',
  'sip.userid',
  'sip.subscriber.userId',
  'sip.subscriber.password',
  'sip.subscriber.name',
];
const CLEAR_ACCOUNTS = Array.from({ length: LINES }, (_, at) => clearAccount(`account.${at + 1}`));

export const grandstreamAliases: VendorFormat = {
  dialect: 'grandstream-aliases',
  lines: LINES,
  files: [
    {
      contentType: 'application/xml; charset=utf-8',
      encoding: 'utf8',
      hasLines: true,
      name: (mac) => `cfg${mac}.xml`,
      isNamed: (name, mac) => name.toLowerCase() === `cfg${mac}.xml`,
      whole,
      enrolment: (place) => document('wisp-edge enrolment', place.mac, home(place)),
    },
  ],
  asksFor: (mac, model) => [
    `cfg${mac}`,
    `cfg${mac}.xml`,
    ...(model === null ? [] : [`cfg${model.toLowerCase()}.xml`]),
    'cfg.xml',
  ],
  resyncEvent: 'check-sync',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'FusionPBX gxv3480' },
    clears: { is: true, standing: 'inferred', source: 'an empty item is one like any other' },
    takesCredentials: {
      is: true,
      standing: 'inferred',
      source: 'as models of P-values: HTTP User Name and HTTP Password of its page',
    },
    keepsHome: { is: true, standing: 'proven', source: 'FusionPBX gxv3480: provisioning.config.serverPath, .protocol' },
    polls: { is: true, standing: 'proven', source: 'FusionPBX gxv3480: provisioning.auto.mode, .minute' },
    resyncs: { is: true, standing: 'inferred', source: 'Wazo wazo_grandstream, which sends it to GXV33xx' },
    challengesNotify: { is: true, standing: 'inferred', source: 'GRP2616 guide: P4428' },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'inferred', source: 'no guide says that they do' },
  },
};

function whole(model: PhoneModel): string {
  return document(`wisp-edge revision ${model.revision}`, model.mac, [
    ...home(model),
    ...sayOfLines(model, CLEAR_ACCOUNTS, (line, position) => lineItems(`account.${position}`, line)),
  ]);
}

function document(comment: string, mac: string, items: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${comment} -->`,
    '<gs_provision version="1">',
    `<mac>${mac}</mac>`,
    '<config version="2">',
    ...items,
    '</config>',
    '</gs_provision>',
    '',
  ].join('\n');
}

function home(home: PhoneHome): readonly string[] {
  return [
    ...sayOfWay(home, (url) => {
      const [, scheme = '', place = ''] = /^(https?):\/\/(.*?)\/*$/.exec(put('provisioningUrl', url)) ?? [];
      return [
        // Host and path; the scheme stands apart.
        item('provisioning.config.serverPath', place),
        item('provisioning.config.protocol', scheme.toUpperCase()),
        // Neither DHCP nor a multicast leads it elsewhere.
        item('provisioning.override.dhcp.allowCommonOptions', 'No'),
        item('provisioning.pnp.enable', 'No'),
      ];
    }),
    item('provisioning.auto.mode', 'YesUpgradeMin'),
    item('provisioning.auto.minute', Math.max(home.pollMinutes, LEAST_POLL_MINUTES)),
    // "Upgrade without prompt": nobody is asked at the phone.
    item('provisioning.prompt.enable', 'Yes'),
  ];
}

function clearAccount(name: string): string {
  return [item(`${name}.enable`, 'No'), ...CLEARED.map((setting) => item(`${name}.${setting}`, ''))].join('\n');
}

function lineItems(name: string, line: PhoneLine): readonly string[] {
  const domain = put('domain', line.domain);
  return [
    item(`${name}.enable`, 'Yes'),
    item(`${name}.name`, put('displayName', line.displayName)),
    item(`${name}.sip.server.1.address`, line.port === null ? domain : `${domain}:${line.port}`),
    item(`${name}.sip.outboundProxy.1.address`, ''),
    item(`${name}.sip.userid`, put('number', line.number)),
    item(`${name}.sip.subscriber.userId`, put('authUser', line.authUser)),
    item(`${name}.sip.subscriber.password`, put('sipKey', line.key.reveal())),
    item(`${name}.sip.subscriber.name`, put('displayName', line.displayName)),
    item(`${name}.sip.registration`, 'Yes'),
    // Minutes.
    item(`${name}.sip.registerExpiration`, Math.max(1, Math.round(line.expiresSeconds / 60))),
    item(`${name}.sip.transport`, TRANSPORTS[line.transport]),
  ];
}

function item(name: string, value: string | number): string {
  return `<item name="${name}">${xmlText(String(value))}</item>`;
}

function put(field: FormatField, value: string): string {
  return carried('grandstream-aliases', field, value);
}
