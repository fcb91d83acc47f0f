import { hostAndPort, type LabLine, type VendorRules } from './vendor.ts';
import { child, parseXml } from './xml.ts';

const ACCOUNTS = 16;
const TRANSPORTS: Readonly<Record<string, LabLine['transport']>> = { UDP: 'udp', TCP: 'tcp', TlsOrTcp: 'tls' };

/**
 * Grandstream GXV3480: files as every Grandstream, settings by name under `<config version="2">`, alone or in parts of one
 * item, as its own export groups them. It asks who sends a NOTIFY.
 */
export const grandstreamAliases: VendorRules = {
  vendor: 'grandstream-aliases',
  model: 'GXV3480',
  challengesNotify: true,
  userAgent: (mac) => `Grandstream Model HW GXV3480  V1.0A SW 1.0.1.9 DevId ${mac ?? ''}`.trim(),
  files: (mac) => [`cfg${mac}`, `cfg${mac}.xml`, 'cfggxv3480.xml', 'cfg.xml'],
  apply(_file, text, mac, flash) {
    const root = parseXml(text);
    const config = child(root, 'config');
    if (root?.name !== 'gs_provision' || config?.attributes.get('version') !== '2') return 'rejected';
    const meant = child(root, 'mac')?.text.trim().toLowerCase();
    if (meant !== undefined && meant !== mac) return 'rejected';
    for (const { name: tag, attributes, text: value, children } of config.children) {
      if (tag !== 'item') continue;
      const name = attributes.get('name') ?? '';
      if (children.length === 0) flash.set(name, value);
      for (const part of children) flash.set(`${name}.${part.attributes.get('name') ?? ''}`, part.text);
    }
    return 'applied';
  },
  provisioningUrl(flash) {
    const place = flash.get('provisioning.config.serverPath') ?? '';
    return place === '' ? null : `${(flash.get('provisioning.config.protocol') ?? 'HTTPS').toLowerCase()}://${place}/`;
  },
  lines: (flash) =>
    Array.from({ length: ACCOUNTS }, (_, at) => at + 1).flatMap((position): LabLine[] => {
      const value = (name: string): string => flash.get(`account.${position}.${name}`) ?? '';
      const { host, port } = hostAndPort(value('sip.server.1.address'));
      const user = value('sip.userid');
      if (value('enable') !== 'Yes' || user === '' || host === '') return [];
      return [
        {
          position,
          user,
          host,
          port,
          key: value('sip.subscriber.password'),
          authUser: value('sip.subscriber.userId') || user,
          displayName: value('sip.subscriber.name'),
          transport: TRANSPORTS[value('sip.transport')] ?? 'udp',
          // Minutes.
          expiresSeconds: 60 * Number(value('sip.registerExpiration') || '60'),
        },
      ];
    }),
  onEvent(event) {
    if (!/^(check-sync|resync)(;|$)/i.test(event)) return null;
    return /;reboot=true/i.test(event) ? 'reboot' : 'fetch';
  },
  fetchesAtStart: () => true,
};
