import { hostAndPort, type LabLine, type VendorRules } from './vendor.ts';
import { child, parseXml } from './xml.ts';

const IDENTITIES = 12;

/**
 * Snom: `snomD785.htm`, then `snomD785-<MAC>.htm` with an upper-case MAC. XML of settings with `idx`; port and transport
 * stand in `user_outbound`. Asked by `challenge_checksync` it wants the SIP password of the identity. Source: Snom, "Auto
 * Provisioning".
 */
export const snom: VendorRules = {
  vendor: 'snom',
  model: 'D785',
  challengesNotify: false,
  userAgent(mac) {
    const end = mac === null ? '' : ` ${mac.toUpperCase()} SXM:0 UXM:0 UXMC:0`;
    return `Mozilla/4.0 (compatible; snomD785-SIP 10.1.169.16 2010.12-00001-gd311851f1 (Feb 25 2019 - 14:19:43)${end})`;
  },
  files: (mac) => ['snomD785.htm', `snomD785-${mac.toUpperCase()}.htm`],
  apply(_file, text, _mac, flash) {
    const root = parseXml(text);
    const settings = child(root, 'phone-settings');
    if (root?.name !== 'settings' || settings === null) return 'rejected';
    for (const { name, attributes, text: value } of settings.children) {
      const idx = attributes.get('idx');
      flash.set(idx === undefined ? name : `${name} ${idx}`, value);
    }
    return 'applied';
  },
  provisioningUrl(flash) {
    const url = flash.get('setting_server') ?? '';
    return url === '' ? null : url;
  },
  lines: (flash) =>
    Array.from({ length: IDENTITIES }, (_, at) => at + 1).flatMap((position): LabLine[] => {
      const value = (name: string): string => flash.get(`user_${name} ${position}`) ?? '';
      const [outbound = '', ...parameters] = value('outbound').split(';');
      const { host, port } = hostAndPort(outbound === '' ? value('host') : outbound);
      const user = value('name');
      if (value('active') !== 'on' || user === '' || host === '') return [];
      const transport = parameters.find((each) => each.startsWith('transport='))?.slice(10);
      return [
        {
          position,
          user,
          host,
          port,
          key: value('pass'),
          authUser: value('pname') === '' ? user : value('pname'),
          displayName: value('realname'),
          transport: transport === 'tcp' || transport === 'tls' ? transport : 'udp',
          expiresSeconds: Number(value('expiry') === '' ? '3600' : value('expiry')),
        },
      ];
    }),
  onEvent(event) {
    if (!/^check-sync(;|$)/i.test(event)) return null;
    return /;reboot=false/i.test(event) ? 'fetch' : 'reboot';
  },
  fetchesAtStart: () => true,
};
