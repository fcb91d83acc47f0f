import { type Applied, type Flash, type LabLine, type VendorRules } from './vendor.ts';
import { parseXml, type Element } from './xml.ts';

/** Where its settings are, by the names that one of its two ways of writing has. */
interface Names {
  readonly server: string;
  readonly file: string;
  readonly protocol: string;
  readonly mode: string;
  readonly notifyReboot: string;
  line(position: number, name: LineName): string;
}
type LineName = keyof typeof LINE;

/** Settings of a line: in `<sysConf>`, and in the text. */
const LINE = {
  user: ['PhoneNumber', 'Phone Number'],
  authUser: ['RegisterUser', 'Register User'],
  key: ['RegisterPswd', 'Register Pswd'],
  displayName: ['DisplayName', 'Display Name'],
  host: ['RegisterAddr', 'Register Addr'],
  port: ['RegisterPort', 'Register Port'],
  transport: ['Transport', 'Transport'],
  expires: ['RegisterTTL', 'Register TTL'],
  isOn: ['EnableReg', 'Enable Reg'],
} as const;

const XML: Names = {
  server: 'sysConf/ap/FlashServerIP',
  file: 'sysConf/ap/FlashFileName',
  protocol: 'sysConf/ap/FlashProtocol',
  mode: 'sysConf/ap/FlashMode',
  notifyReboot: 'sysConf/sip/NotifyReboot',
  line: (position, name) => `sysConf/sip/line ${position}/${LINE[name][0]}`,
};
const TEXT: Names = {
  server: 'Download Server IP',
  file: 'Config File Name',
  protocol: 'Download Protocol',
  mode: 'Download Mode',
  notifyReboot: 'Notify Reboot',
  line: (position, name) => `SIP${position} ${LINE[name][1]}`,
};

/**
 * Fanvil: a common file by model, then `<mac>.cfg`. It applies only a file with a higher version than the one it has; a
 * check-sync restarts it unless NotifyReboot is 0. Sources: i23 manual p. 47, C56 manual p. 39; Wazo; Tancredi.
 */
export const fanvilXml: VendorRules = {
  vendor: 'fanvil-xml',
  model: 'X5U-V2',
  userAgent: (mac) => `Fanvil X5U-V2 2.12.16.17 ${mac ?? ''}`.trim(),
  files: (mac) => ['F0V5UV200000.cfg', `${mac}.cfg`],
  apply(_file, text, _mac, flash, known) {
    const root = parseXml(text);
    if (root?.name !== 'sysConf') return 'rejected';
    const read = new Map(leaves(root, ''));
    return taken(read.get('sysConf/Version'), known, '2.0000000000', read, flash);
  },
  ...behaviour(XML, 16),
};

/** Older models: text of `name:value`. */
export const fanvilText: VendorRules = {
  vendor: 'fanvil-text',
  model: 'X4',
  userAgent: (mac) => `Fanvil X4 2.10.2.6887 ${mac ?? ''}`.trim(),
  files: (mac) => ['f0X4hw1.100.cfg', `${mac}.cfg`],
  apply(_file, text, _mac, flash, known) {
    const [head = '', ...lines] = text.split(/\r?\n/);
    const version = /^<<VOIP CONFIG FILE>>Version:(\S+)\s*$/.exec(head)?.[1];
    if (!lines.includes('<<END OF FILE>>')) return 'rejected';
    const read = new Map<string, string>();
    for (const line of lines) {
      const [, name, value = ''] = /^([A-Za-z][^:]*?) *:(.*)$/.exec(line) ?? [];
      if (name !== undefined) read.set(name, value.trim());
    }
    return taken(version, known, '2.0002', read, flash);
  },
  ...behaviour(TEXT, 4),
};

/** Stores what was read, if its version is above that of what is stored. */
function taken(
  version: string | undefined,
  known: Map<string, string>,
  factory: string,
  read: ReadonlyMap<string, string>,
  flash: Flash,
): Applied {
  if (version === undefined || !/^\d+\.\d+$/.test(version)) return 'rejected';
  if (Number(version) <= Number(known.get('version') ?? factory)) return 'skipped';
  known.set('version', version);
  for (const [name, value] of read) flash.set(name, value);
  return 'applied';
}

/** Every setting by its path; of an element with an index, that with it. */
function leaves(element: Element, above: string): readonly (readonly [string, string])[] {
  const index = element.attributes.get('index');
  const path = `${above}${element.name}${index === undefined ? '' : ` ${index}`}`;
  if (element.children.length === 0) return [[path, element.text]];
  return element.children.flatMap((each) => leaves(each, `${path}/`));
}

function behaviour(
  names: Names,
  count: number,
): Pick<VendorRules, 'challengesNotify' | 'provisioningUrl' | 'lines' | 'onEvent' | 'fetchesAtStart'> {
  return {
    challengesNotify: false,
    provisioningUrl(flash) {
      const server = (flash.get(names.server) ?? '').replace(/^[a-z]+:\/\/|\/$/g, '');
      const file = flash.get(names.file) ?? '';
      const scheme = { '4': 'http', '5': 'https' }[flash.get(names.protocol) ?? ''];
      if (server === '' || scheme === undefined || !file.endsWith('$mac.cfg')) return null;
      return `${scheme}://${server}/${file.slice(0, -'$mac.cfg'.length)}`;
    },
    lines: (flash) =>
      Array.from({ length: count }, (_, at) => at + 1).flatMap((position): LabLine[] => {
        const value = (name: LineName): string => flash.get(names.line(position, name)) ?? '';
        if (value('isOn') !== '1' || value('user') === '' || value('host') === '') return [];
        return [
          {
            position,
            user: value('user'),
            authUser: value('authUser') === '' ? value('user') : value('authUser'),
            key: value('key'),
            displayName: value('displayName'),
            host: value('host'),
            port: Number(value('port') === '' ? '5060' : value('port')),
            // Unlike everybody else, TLS is 3.
            transport: value('transport') === '3' ? 'tls' : value('transport') === '1' ? 'tcp' : 'udp',
            expiresSeconds: Number(value('expires') === '' ? '3600' : value('expires')),
          },
        ];
      }),
    onEvent(event, flash) {
      if (!/^check-sync(;|$)/i.test(event)) return null;
      return /;reboot=true/i.test(event) || flash.get(names.notifyReboot) !== '0' ? 'reboot' : 'fetch';
    },
    fetchesAtStart: (flash) => (flash.get(names.mode) ?? '1') !== '0',
  };
}
