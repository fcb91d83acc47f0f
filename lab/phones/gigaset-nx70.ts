import type { LabLine, VendorRules } from './vendor.ts';
import { parseXml, child, type Element } from './xml.ts';

const TRANSPORTS: Readonly<Record<string, LabLine['transport']>> = { '1': 'udp', '2': 'tcp', '3': 'tls' };

/**
 * Gigaset N870 as a base with all roles: `<mac>.xml`, lower-case. It keeps params by name; `ToDeReg` forgets a handset with
 * its account. A check-sync fetches; `reboot=true` restarts it only where CheckSyncRebootEnabled allows that (teamwork page
 * 1348174511).
 */
export const gigasetNx70: VendorRules = {
  vendor: 'gigaset-nx70',
  model: 'N870 IP PRO',
  challengesNotify: false,
  userAgent: (mac) => `"Gigaset N870 IP PRO/83.V2.11.0+build.a546b91;${mac?.toUpperCase() ?? ''}"`,
  files: (mac) => [`${mac}.xml`],
  apply(_file, text, _mac, flash) {
    const root = parseXml(text);
    const nvm = child(root, 'nvm');
    if (root?.name !== 'provisioning' || root.attributes.get('productID') !== 'e2' || nvm === null) return 'rejected';
    for (const part of nvm.children) {
      const value = valueOf(part);
      const name = part.attributes.get('name') ?? '';
      const [, leaving] = /^hs\.(\w+)\.RegStatus$/.exec(name) ?? [];
      if (part.name === 'oper' && name === 'add_hs') flash.set(`hs.${value}.RegStatus`, 'Reg');
      else if (part.name === 'param' && leaving !== undefined && value === 'ToDeReg') {
        for (const known of [...flash.keys()])
          if (known.startsWith(`hs.${leaving}.`) || known.startsWith(`SipAccount.${leaving}.`)) flash.delete(known);
      } else if (part.name === 'param') flash.set(name, value);
    }
    return 'applied';
  },
  provisioningUrl(flash) {
    const url = flash.get('Provisioning.global.ProvisioningServer');
    return url === undefined ? null : `${url.replace(/\/$/, '')}/`;
  },
  lines: (flash) =>
    [...flash.keys()].flatMap((name): LabLine[] => {
      const [, id] = /^SipAccount\.(\w+)\.UserName$/.exec(name) ?? [];
      if (id === undefined || !flash.has(`hs.${id}.RegStatus`)) return [];
      const account = (what: string): string => flash.get(`SipAccount.${id}.${what}`) ?? '';
      const provider = (what: string): string => flash.get(`SipProvider.${account('ProviderId')}.${what}`) ?? '';
      const host = provider('RegServerAddress');
      if (host === '') return [];
      return [
        {
          position: Number(id),
          user: account('UserName'),
          host,
          port: Number(provider('RegServerPort')),
          key: account('AuthPassword'),
          authUser: account('AuthName'),
          displayName: account('DisplayName'),
          transport: TRANSPORTS[provider('TransportProtocol')] ?? 'udp',
          expiresSeconds: Number(provider('RegServerRefreshTimer') || '180'),
        },
      ];
    }),
  onEvent(event, flash) {
    if (!/^check-sync(;|$)/i.test(event)) return null;
    const mayRestart = flash.get('SystemSettings.global.CheckSyncRebootEnabled') === '1';
    return mayRestart && /;reboot=true/i.test(event) ? 'reboot' : 'fetch';
  },
  fetchesAtStart: () => true,
};

function valueOf({ attributes }: Element): string {
  return attributes.get('value') ?? '';
}
