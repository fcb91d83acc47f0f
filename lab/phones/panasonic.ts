import { transportOf, type LabLine, type VendorRules } from './vendor.ts';

const MODEL = 'KX-UT136';
const LINES = 4;

/**
 * Panasonic KX-UT136: as it comes, `{MODEL}.cfg` where it is led; from then on what CFG_STANDARD_FILE_PATH says, whose
 * macros are `{MAC}` and `{mac}`. Text of `NAME="value"`, CR LF, the first of two equal
 * names counts, a line of more than 537 bytes does not. Sources: administrator guides of the KX-UT136 and KX-UT670.
 */
export const panasonic: VendorRules = {
  vendor: 'panasonic',
  model: MODEL,
  challengesNotify: false,
  userAgent: (mac) => `Panasonic_${MODEL}/01.133${mac === null ? '' : ` (${mac})`}`,
  *files(mac, flash) {
    const path = flash.get('CFG_STANDARD_FILE_PATH') ?? '';
    yield path === '' ? `${MODEL}.cfg` : expand(path.slice(path.lastIndexOf('/') + 1), mac);
  },
  apply(_file, text, _mac, flash) {
    if (!text.startsWith('# Panasonic SIP Phone Standard Format File #') || !text.endsWith('\r\n')) return 'rejected';
    const said = new Map<string, string>();
    for (const line of text.split('\r\n')) {
      if (line === '' || line.startsWith('#') || Buffer.byteLength(line) + 2 > 537) continue;
      const [, name, value] = /^(\w+)="(.*)"$/.exec(line) ?? [];
      if (name === undefined || value === undefined || value.includes('"')) return 'rejected';
      if (!said.has(name)) said.set(name, value);
    }
    for (const [name, value] of said) flash.set(name, value);
    return 'applied';
  },
  provisioningUrl(flash) {
    const path = flash.get('CFG_STANDARD_FILE_PATH') ?? '';
    // With PROVISION_ENABLE off it stays as it is.
    if (path === '' || flash.get('PROVISION_ENABLE') === 'N') return null;
    return path.slice(0, path.lastIndexOf('/') + 1);
  },
  lines: (flash) =>
    Array.from({ length: LINES }, (_, at) => at + 1).flatMap((position): LabLine[] => {
      const value = (name: string): string => flash.get(`${name}_${position}`) ?? '';
      const [, uriUser] = /^sip:([^@]*)@/.exec(value('SIP_URI')) ?? [];
      const [user, host] = [uriUser ?? value('PHONE_NUMBER'), value('SIP_RGSTR_ADDR')];
      if (user === '' || host === '' || value('LINE_ENABLE') !== 'Enabled') return [];
      return [
        {
          position,
          user,
          host,
          port: Number(value('SIP_RGSTR_PORT') === '' ? '5060' : value('SIP_RGSTR_PORT')),
          key: value('SIP_PASS'),
          authUser: value('SIP_AUTHID') === '' ? user : value('SIP_AUTHID'),
          displayName: value('DISPLAY_NAME'),
          transport: transportOf(value('SIP_TRANSPORT')),
          expiresSeconds: Number(value('REG_EXPIRE_TIME') === '' ? '3600' : value('REG_EXPIRE_TIME')),
        },
      ];
    }),
  onEvent(event, flash) {
    return event === (flash.get('CFG_RESYNC_FROM_SIP') ?? 'check-sync') ? 'fetch' : null;
  },
  fetchesAtStart: (flash) => flash.get('PROVISION_ENABLE') !== 'N',
};

/** A macro that it does not know stays as it is. */
function expand(name: string, mac: string): string {
  return name.replaceAll('{MAC}', mac.toUpperCase()).replaceAll('{mac}', mac).replaceAll('{MODEL}', MODEL);
}
