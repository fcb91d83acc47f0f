import { hostAndPort, type LabLine, type VendorRules } from './vendor.ts';
import { child, parseXml } from './xml.ts';

const ACCOUNTS = 6;

/**
 * Gigaset N510: it asks its data server for the vendor's binary files, and for `<MAC>.xml`, upper-case. It reads ISO-8859-1;
 * a file with another MAC_ADDRESS changes nothing. A check-sync of any kind fetches: it knows no `reboot` (teamwork page
 * 577503586). Its accounts register over UDP.
 */
export const gigasetN510: VendorRules = {
  vendor: 'gigaset-n510',
  model: 'N510 IP PRO',
  encoding: 'latin1',
  challengesNotify: false,
  userAgent: (mac) => `N510 IP PRO/42.258.00.000.000${mac === null ? '' : `;${mac.toUpperCase()}`}`,
  files: (mac) => ['42/2/master.bin', `${mac.toUpperCase()}.xml`],
  apply(_file, text, mac, flash) {
    const frame = parseXml(text);
    const provider = child(frame, 'Provider');
    if (frame?.name !== 'ProviderFrame' || provider === null) return 'rejected';
    if (child(provider, 'MAC_ADDRESS')?.attributes.get('value') !== mac.toUpperCase()) return 'rejected';
    if (child(provider, 'PROFILE_NAME') === null) return 'rejected';
    for (const { name, attributes } of provider.children) {
      const value = attributes.get('value') ?? '';
      // A text without its quotes is none.
      const plain = /^"(.*)"$/.exec(value)?.[1] ?? (/^(0x)?[0-9a-f]+$/i.test(value) ? String(Number(value)) : null);
      if (plain !== null) flash.set(name === 'SYMB_ITEM' ? (attributes.get('ID') ?? '') : name, plain);
    }
    return 'applied';
  },
  provisioningUrl(flash) {
    const url = flash.get('S_CONFIGFILE_URL') ?? '';
    if (url === '') return null;
    return `${url.includes('://') ? '' : 'http://'}${url.replace(/[^/]*$/, '')}`;
  },
  lines: (flash) =>
    Array.from({ length: ACCOUNTS }, (_, at) => at + 1).flatMap((position): LabLine[] => {
      const end = position === 1 ? '' : `_${position}`;
      const value = (name: string): string => flash.get(`BS_IP_Data1.${name}${end}`) ?? '';
      const user = value('aucS_SIP_USER_ID');
      const { host } = hostAndPort(value('aucS_SIP_REGISTRAR'));
      if (flash.get(`BS_IP_Data1.ucB_SIP_ACCOUNT_IS_ACTIVE_${position}`) !== '1' || user === '' || host === '')
        return [];
      return [
        {
          position,
          user,
          host,
          port: Number(value('uiI_SIP_REGISTRAR_PORT') || '5060'),
          key: value('aucS_SIP_PASSWORD'),
          authUser: flash.get(`BS_IP_Data3.aucS_SIP_LOGIN_ID${end}`) ?? '',
          displayName: value('aucS_SIP_DISPLAYNAME'),
          transport: 'udp',
          expiresSeconds: Number(value('uiI_RE_REGISTRATION_TIMER') || '180'),
        },
      ];
    }),
  onEvent: (event) => (/^check-sync(;|$)/i.test(event) ? 'fetch' : null),
  // From the factory it does; afterwards only if told to.
  fetchesAtStart: (flash) => (flash.get('BS_IP_Data.ucB_AUTO_UPDATE_PROFILE') ?? '1') === '1',
};
