import type { Flash, LabLine, VendorRules } from './vendor.ts';
import { parseXml, type Element } from './xml.ts';

/** `reg.1` to `reg.34`. */
const REGISTRATIONS = 34;
const NAMED = 'CONFIG_FILES';
const TRANSPORTS: ReadonlyMap<string, LabLine['transport']> = new Map([
  ['UDPOnly', 'udp'],
  ['TCPOnly', 'tcp'],
  ['TLS', 'tls'],
]);

/**
 * Poly VVX: the master file `<mac>.cfg`, or `000000000000.cfg` where there is none; the files it names; then overrides,
 * licences, directories. A parameter is an attribute of any element. What begins with `device.` is stored where its `.set`
 * and `device.set` are 1, and stays; of a file's other parameters those are gone that it says no longer. The sequence is
 * that of a VVX 500 with 5.9.7; sources else: UC Software guides, Wazo.
 */
export const poly: VendorRules = {
  vendor: 'poly',
  model: 'VVX 410',
  challengesNotify: false,
  userAgent(mac) {
    return `FileTransport PolycomVVX-VVX_410-UA/5.9.5.0614${mac === null ? '' : ` (SN:${mac})`} Type/Application`;
  },
  *files(mac, flash) {
    flash.delete(NAMED);
    yield `${mac}.cfg`;
    if (!flash.has(NAMED)) yield '000000000000.cfg';
    for (const name of (flash.get(NAMED) ?? '').split(',')) {
      if (name.trim() !== '') yield name.trim().replaceAll('[PHONE_MAC_ADDRESS]', mac);
    }
    yield `${mac}-phone.cfg`;
    yield `${mac}-web.cfg`;
    yield '000000000000-license.cfg';
    yield `${mac}-license.cfg`;
    yield `${mac}-calls.xml`;
    yield `${mac}-directory.xml`;
    yield '000000000000-directory.xml';
  },
  apply(file, text, _mac, flash, known) {
    const root = parseXml(text);
    if (root === null) return 'rejected';
    if (root.name === 'APPLICATION') {
      flash.set(NAMED, root.attributes.get(NAMED) ?? '');
      return 'applied';
    }
    const said = attributesOf(root);
    for (const name of known.get(file)?.split(' ') ?? []) flash.delete(name);
    const lasting = said.filter(([name]) => !name.startsWith('device.'));
    known.set(file, lasting.map(([name]) => name).join(' '));
    const isSet = new Map(said);
    for (const [name, value] of said) {
      if (!name.startsWith('device.')) flash.set(name, value);
      else if (isSet.get('device.set') === '1' && isSet.get(`${name}.set`) === '1') flash.set(name, value);
    }
    return 'applied';
  },
  provisioningUrl(flash) {
    const server = flash.get('device.prov.serverName') ?? '';
    // Otherwise DHCP leads it; the lab has no DHCP, so it stays where it is.
    if (server === '' || flash.get('device.dhcp.bootSrvUseOpt') !== 'Static') return null;
    if (/^\w+:\/\//.test(server)) return server;
    return `${(flash.get('device.prov.serverType') ?? 'FTP').toLowerCase()}://${server}`;
  },
  lines: (flash) => Array.from({ length: REGISTRATIONS }, (_, at) => at + 1).flatMap((at) => lineOf(at, flash)),
  onEvent(event, flash) {
    if (!/^check-sync(;|$)/i.test(event)) return null;
    return flash.get('voIpProt.SIP.specialEvent.checkSync.alwaysReboot') === '1' ? 'reboot' : 'fetch';
  },
  fetchesAtStart: () => true,
};

function lineOf(position: number, flash: Flash): LabLine[] {
  const value = (name: string): string => flash.get(`reg.${position}.${name}`) ?? '';
  const [user, host] = [value('address').replace(/@.*/, ''), value('server.1.address')];
  if (user === '' || host === '' || value('server.1.register') === '0') return [];
  const port = Number(value('server.1.port'));
  return [
    {
      position,
      user,
      host,
      port: port === 0 ? null : port,
      key: value('auth.password'),
      authUser: value('auth.userId') === '' ? user : value('auth.userId'),
      displayName: value('displayName'),
      transport: TRANSPORTS.get(value('server.1.transport')) ?? 'udp',
      expiresSeconds: Number(value('server.1.expires') === '' ? '3600' : value('server.1.expires')),
    },
  ];
}

function attributesOf(element: Element): (readonly [string, string])[] {
  return [...element.attributes, ...element.children.flatMap(attributesOf)];
}
