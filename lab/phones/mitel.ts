import type { Flash, LabLine, VendorRules } from './vendor.ts';

const LINES = 9;
/** What a person set at the phone stands under this, and outranks what a file says. */
const LOCAL = 'local: ';
const COMMON = 'startup.cfg or aastra.cfg said something';
const TRANSPORTS: Readonly<Record<string, LabLine['transport']>> = { '1': 'udp', '2': 'tcp', '4': 'tls' };

/**
 * Mitel 6930: `startup.cfg`, `aastra.cfg`, and, if one of them said something, `6930.cfg` and `<MAC>.cfg` with an upper-case
 * MAC. Text, `name: value`; `^` resets what a person set, `!` locks it. It goes elsewhere at its next start only, and
 * `check-sync` starts it anew. Source: Aastra administrator guide 41-001343-02.
 */
export const mitel: VendorRules = {
  vendor: 'mitel',
  model: '6930',
  challengesNotify: false,
  userAgent(mac) {
    const address = mac?.toUpperCase().match(/../g)?.join('-');
    return `Mitel6930 ${address === undefined ? '' : `MAC:${address} `}V:6.4.0.140-SIP`;
  },
  typed(url, flash) {
    const { protocol, hostname, port, pathname } = new URL(url);
    const scheme = protocol.replace(':', '');
    flash.set(`${LOCAL}download protocol`, scheme.toUpperCase());
    flash.set(`${LOCAL}${scheme} server`, hostname);
    flash.set(`${LOCAL}${scheme} port`, port);
    flash.set(`${LOCAL}${scheme} path`, pathname);
  },
  *files(mac, flash) {
    flash.delete(COMMON);
    yield* ['startup.cfg', 'aastra.cfg'];
    if (flash.has(COMMON)) yield* ['6930.cfg', `${mac.toUpperCase()}.cfg`];
  },
  apply(file, text, _mac, flash) {
    let count = 0;
    for (const line of text.split(/\r?\n/)) {
      const [, prefix, rawName, value = ''] = /^\s*([!^]?)([^:#]+):([^#]*)/.exec(line) ?? [];
      if (rawName === undefined) continue;
      const name = rawName.trim().toLowerCase();
      flash.set(name, value.trim().replace(/^"(.*)"$/, '$1'));
      if (prefix !== '') flash.delete(`${LOCAL}${name}`);
      count += 1;
    }
    if (count > 0 && /^(startup|aastra)\.cfg$/.test(file)) flash.set(COMMON, '');
    return 'applied';
  },
  provisioningUrl(flash) {
    const scheme = setting(flash, 'download protocol').toLowerCase();
    const server = setting(flash, `${scheme} server`);
    if (!/^https?$/.test(scheme) || server === '') return null;
    const path = setting(flash, `${scheme} path`).replace(/^\/+|\/+$/g, '');
    return `${scheme}://${server}:${setting(flash, `${scheme} port`)}/${path}/`;
  },
  movesLater: true,
  lines: (flash) =>
    Array.from({ length: LINES }, (_, at) => at + 1).flatMap((position): LabLine[] => {
      const value = (name: string): string => setting(flash, `sip line${position} ${name}`);
      const [user, host, port] = [value('user name'), value('registrar ip'), Number(value('registrar port'))];
      if (user === '' || host === '' || host === '0.0.0.0') return [];
      const period = Number(value('registration period'));
      return [
        {
          position,
          user,
          host,
          port: port === 0 ? null : port,
          key: value('password'),
          authUser: value('auth name') === '' ? user : value('auth name'),
          displayName: value('display name'),
          transport: TRANSPORTS[setting(flash, 'sip transport protocol')] ?? 'udp',
          // 0 is its default.
          expiresSeconds: period === 0 ? 3600 : period,
        },
      ];
    }),
  onEvent(event) {
    if (/^check-sync(;|$)/i.test(event)) return 'reboot';
    return /^aastra-xml$/i.test(event) ? 'ignore' : null;
  },
  fetchesAtStart: () => true,
};

function setting(flash: Flash, name: string): string {
  return flash.get(`${LOCAL}${name}`) ?? flash.get(name) ?? '';
}
