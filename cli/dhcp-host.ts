import { optionText, routerosText } from '../agent/core/dhcp-option-value.ts';
import { quoted } from '../agent/core/enrol/script.ts';
import type { PhoneDialect } from '../schemas/phone-formats/dialect.ts';

/** DHCP servers whose configuration is written. */
export const DHCP_FORMATS = ['dnsmasq', 'kea', 'routeros'] as const;
export type DhcpFormat = (typeof DHCP_FORMATS)[number];

/** A phone that its DHCP server is to lead to its enrolment. */
export interface DhcpHost {
  /** Twelve lower-case hex digits. */
  readonly mac: string;
  readonly dialect: PhoneDialect;
  readonly enrolmentUrl: string;
}

/**
 * Options that phones of a dialect read, and what they want after the URL (phones guide 1F): 66 is TFTP server name, 160
 * and 43 are read beside it by Poly, Cisco and Fanvil, 114 (default-url) is Gigaset's. A Gigaset N510 that gets 114 asks
 * for binary files first, and those are not ours.
 */
const READS: Readonly<Record<PhoneDialect, { readonly options: readonly number[]; readonly file?: string }>> = {
  yealink: { options: [66] },
  grandstream: { options: [66] },
  'grandstream-aliases': { options: [66] },
  snom: { options: [66] },
  poly: { options: [66, 160] },
  'cisco-spa': { options: [66, 160], file: '$MA.xml' },
  'cisco-mpp': { options: [66, 160], file: '$MA.xml' },
  'fanvil-xml': { options: [66, 43] },
  'fanvil-text': { options: [66, 43] },
  'gigaset-n510': { options: [66] },
  'gigaset-nx70': { options: [114, 66] },
  htek: { options: [66] },
  mitel: { options: [66] },
  panasonic: { options: [66], file: 'Config{MAC}.cfg' },
  akuvox: { options: [66] },
};

/**
 * What a DHCP server is told of one phone, in its own words; `notes` stand above as comments. By MAC and never for all:
 * without the token of a phone this box answers nothing, and a token for all would be one for everybody.
 */
export function dhcpHost(format: DhcpFormat, host: DhcpHost, notes: readonly string[]): readonly string[] {
  const { options, file = '' } = READS[host.dialect];
  const value = optionText(host.enrolmentUrl, file);
  const mac = host.mac.replace(/..(?!$)/g, '$&:');
  const name = `wisp-edge-${host.mac}`;
  switch (format) {
    case 'dnsmasq':
      return [
        ...notes.map((note) => `# ${note}`),
        `dhcp-host=${mac},set:${name}`,
        // Some phones take what they did not ask for by number, too.
        ...options.map((code) => `dhcp-option-force=tag:${name},${code},"${value}"`),
      ];
    case 'kea':
      return [
        ...notes.map((note) => `// ${note}`),
        '{',
        `  "hw-address": "${mac}",`,
        '  "option-data": [',
        options
          .map((code) => {
            const how = '"space": "dhcp4", "csv-format": false, "always-send": true';
            return `    { "code": ${code}, ${how}, "data": ${JSON.stringify(`'${value}'`)} }`;
          })
          .join(',\n'),
        '  ]',
        '}',
      ];
    case 'routeros': {
      const names = options.map((code) => `${name}-${code}`);
      const lease = `[find where mac-address=${mac.toUpperCase()}]`;
      return [
        ...notes.map((note) => `# ${note}`),
        ...options.map(
          (code, at) =>
            `/ip dhcp-server option add name=${names[at] ?? ''} code=${code} value=${quoted(routerosText(value))}`,
        ),
        `/ip dhcp-server lease make-static ${lease}`,
        `/ip dhcp-server lease set ${lease} dhcp-option=${names.join(',')}`,
      ];
    }
  }
}
