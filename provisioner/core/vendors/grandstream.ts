import { isGrp260x } from '../../../schemas/phone-formats/grandstream.ts';
import type { FormatField } from '../../../schemas/phone-formats/rule.ts';
import { carried } from './carried.ts';
import type { PhoneHome, PhoneLine, PhoneModel, VendorFormat } from './model.ts';
import { sayOfLines } from './slots.ts';
import { sayOfWay } from './way.ts';
import { xmlText } from './xml.ts';

/**
 * Grandstream: XML of P-values. Asked for in order: `cfg<mac>` (binary), `cfg<mac>.xml`, on some models a model file,
 * `cfg.xml`; only the second is ours. A file whose `<mac>` is another phone's is refused by the phone. Source: SIP Device
 * Provisioning Guide; numbers as in FusionPBX's and Wazo's templates for GXP and GRP.
 */
const TRANSPORTS = { udp: 0, tcp: 1, tls: 2 } as const;
/** What the phone takes for the least time between two polls (P193). */
const LEAST_POLL_MINUTES = 60;

/** P-values of one account. From the second on they share a prefix. */
interface Account {
  readonly active: number;
  readonly name: number;
  readonly server: number;
  readonly outboundProxy: number;
  readonly user: number;
  readonly auth: number;
  readonly password: number;
  readonly display: number;
  readonly expiryMinutes: number;
  readonly transport: number;
}

const FIRST: Account = {
  active: 271,
  name: 270,
  server: 47,
  outboundProxy: 48,
  user: 35,
  auth: 36,
  password: 34,
  display: 3,
  expiryMinutes: 32,
  transport: 130,
};
/**
 * Of all but the GRP260x the prefix jumps between the fourth and the fifth account. Source of both: Grandstream's
 * config-template.zip (gxp21xx 1.0.11, grp26xx 1.0.15.19; grp260x 1.0.7.71) for P…01 to P…06; that the others of an account
 * follow the same rule is inferred.
 */
const ACCOUNTS = accountsOf([4, 5, 6, 17, 18]);
const GRP260X_ACCOUNTS = accountsOf([4, 5, 6, 7, 8]);

export const grandstream: VendorFormat = {
  dialect: 'grandstream',
  lines: ACCOUNTS.all.length,
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
  credentialsIn: 'P1360, P1361',
  capabilities: {
    account: { is: true, standing: 'proven', source: 'FusionPBX grp26xx; Wazo wazo_grandstream' },
    clears: { is: true, standing: 'inferred', source: 'an empty P-value is one like any other' },
    takesCredentials: { is: true, standing: 'proven', source: 'FusionPBX grp26xx, Wazo: P1360, P1361' },
    keepsHome: { is: true, standing: 'proven', source: 'FusionPBX grp26xx: P237, P212' },
    polls: { is: true, standing: 'documented', source: 'SIP Device Provisioning Guide: P194, P193' },
    resyncs: { is: true, standing: 'proven', source: 'Wazo wazo_grandstream; FusionPBX sends resync' },
    challengesNotify: { is: true, standing: 'documented', source: 'GRP2616 guide: P4428' },
    skipsKnown: { is: false, standing: 'inferred', source: 'no guide says that it does' },
    localOutranks: { is: false, standing: 'inferred', source: 'no guide says that they do' },
  },
  encryptedFiles: {
    reads: {
      is: true,
      standing: 'documented',
      source:
        'XML Provisioning Guide 7/2011 (GXV3140, GXV3175, GXP14xx, GXP21xx), SIP Device Provisioning Guide 9/2012 p. 8: AES-256-CBC as openssl enc; that its digest is MD5, and that GRP26xx do so too, is inferred',
    },
    learnsKey: {
      is: true,
      standing: 'inferred',
      source: 'P1359, which the guide sets by the binary file or on the web page; a P-value is one like any other',
    },
    readsPlain: {
      is: true,
      standing: 'inferred',
      source: 'the guide: a file may be encrypted; none says that it then must be',
    },
    notices: { is: false, standing: 'inferred', source: 'CBC has no tag; XML that is spoilt is refused' },
  },
};

function whole(model: PhoneModel): string {
  const { all, cleared } = isGrp260x(model.model) ? GRP260X_ACCOUNTS : ACCOUNTS;
  const accounts = sayOfLines(model, cleared, (line, position) => lineValues(all[position - 1] ?? FIRST, line));
  return document(`wisp-edge revision ${model.revision}`, model.mac, [...home(model), ...accounts]);
}

function accountsOf(prefixes: readonly number[]): {
  readonly all: readonly Account[];
  readonly cleared: readonly string[];
} {
  const all = [FIRST, ...prefixes.map(accountOf)];
  return { all, cleared: all.map(clearValues) };
}

/** P401 … P448 for prefix 4, P1701 … P1748 for prefix 17. */
function accountOf(prefix: number): Account {
  const base = prefix * 100;
  return {
    active: base + 1,
    name: base + 17,
    server: base + 2,
    outboundProxy: base + 3,
    user: base + 4,
    auth: base + 5,
    password: base + 6,
    display: base + 7,
    expiryMinutes: base + 12,
    transport: base + 48,
  };
}

function document(comment: string, mac: string, values: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<!-- ${comment} -->`,
    '<gs_provision version="1">',
    `<mac>${mac}</mac>`,
    '<config version="1">',
    ...values,
    '</config>',
    '</gs_provision>',
    '',
  ].join('\n');
}

function home(home: PhoneHome): readonly string[] {
  return [
    ...sayOfWay(home, (provisioningUrl) => {
      const url = carried('grandstream', 'provisioningUrl', provisioningUrl);
      const [, scheme, place = ''] = /^(https?):\/\/(.*?)\/*$/.exec(url) ?? [];
      return [
        // Not a URL: host and path. The scheme stands apart: 1 is HTTP, 2 is HTTPS.
        p(237, place),
        p(212, scheme === 'https' ? 2 : 1),
        // 1, its default, lets DHCP options 66 and 43 send the phone elsewhere.
        p(145, 0),
      ];
    }),
    p(194, 1),
    p(193, Math.max(home.pollMinutes, LEAST_POLL_MINUTES)),
    // Nobody is asked at the phone.
    p(8375, 0),
    // "XML Config File Password": a pass phrase of `openssl enc`.
    ...(home.fileKey === null ? [] : [p(1359, home.fileKey.reveal())]),
  ];
}

function clearValues({ active, name, server, outboundProxy, user, auth, password, display }: Account): string {
  const empty = [name, server, outboundProxy, user, auth, password, display].map((number) => p(number, ''));
  return [p(active, 0), ...empty].join('\n');
}

function lineValues(account: Account, line: PhoneLine): readonly string[] {
  const domain = put('domain', line.domain);
  return [
    p(account.active, 1),
    p(account.name, put('displayName', line.displayName)),
    p(account.server, line.port === null ? domain : `${domain}:${line.port}`),
    p(account.outboundProxy, ''),
    p(account.user, put('number', line.number)),
    p(account.auth, put('authUser', line.authUser)),
    p(account.password, put('sipKey', line.key.reveal())),
    p(account.display, put('displayName', line.displayName)),
    p(account.expiryMinutes, Math.max(1, Math.round(line.expiresSeconds / 60))),
    p(account.transport, TRANSPORTS[line.transport]),
  ];
}

function put(field: FormatField, value: string): string {
  return carried('grandstream', field, value);
}

function p(number: number, value: string | number): string {
  return `<P${number}>${xmlText(String(value))}</P${number}>`;
}
