import { PLACES } from '../../world.ts';
import type { LabRouter } from '../router.ts';

/** Puts a cut as design.md §3 describes it on a router: chains, jumps, proxy; for tests of the data plane itself. */
export function installCutRules(router: LabRouter, isOld = false): void {
  const list = router.table('/ip/firewall/address-list');
  for (const address of [PLACES.portal, PLACES.resolver]) list.add({ list: 'portal', address });
  const nat = router.table('/ip/firewall/nat');
  const filter = router.table('/ip/firewall/filter');
  const web = { chain: 'web', protocol: 'tcp', 'dst-port': '80' };
  nat.add({ chain: 'dstnat', protocol: 'tcp', 'dst-port': '80', action: 'jump', 'jump-target': 'web' });
  nat.add({ ...web, 'dst-address-list': 'portal', action: 'return' });
  nat.add({ ...web, 'src-address-list': 'Moroso', action: 'redirect', 'to-ports': '999' });
  nat.add({ ...web, 'src-address-list': 'seen', action: 'return' });
  const once = { 'address-list': 'seen', 'address-list-timeout': '1h' };
  nat.add({ ...web, 'src-address-list': 'once', action: 'add-src-to-address-list', ...once });
  nat.add({ ...web, 'src-address-list': 'Aviso', action: 'redirect', 'to-ports': '999' });
  const first = filter.rows().find((row) => row['chain'] === 'forward' && row['dynamic'] === 'false')?.['.id'];
  const before = first === undefined ? {} : { before: first };
  filter.add({ chain: 'forward', 'src-address-list': 'Moroso', action: 'jump', 'jump-target': 'cut' }, before);
  filter.add({ chain: 'cut', 'dst-address-list': 'portal', protocol: 'tcp', action: 'accept' });
  const dns = { protocol: 'udp', 'dst-port': '53', 'dst-limit': '2,4,src-address/1m' };
  filter.add({ chain: 'cut', ...dns, action: 'accept' });
  filter.add({ chain: 'cut', protocol: 'tcp', action: 'reject', 'reject-with': 'tcp-reset' });
  filter.add({
    chain: 'cut',
    protocol: 'udp',
    'dst-port': '443',
    action: 'reject',
    'reject-with': 'icmp-admin-prohibited',
  });
  filter.add({ chain: 'cut', action: 'drop' });
  const input = filter.rows().find((row) => row['chain'] === 'input')?.['.id'];
  const top = input === undefined ? {} : { before: input };
  const port = { chain: 'input', protocol: 'tcp', 'dst-port': '999' };
  for (const name of ['Moroso', 'Aviso']) {
    filter.add({ ...port, 'src-address-list': name, 'connection-nat-state': 'dstnat', action: 'accept' }, top);
  }
  filter.add({ ...port, action: 'drop' }, top);
  router.table('/ip/proxy').set('*1', { enabled: 'yes', port: '8080 999' });
  const url = isOld ? 'redirect-to' : 'action-data';
  const action = isOld ? 'deny' : 'redirect';
  router.table('/ip/proxy/access').add({ 'src-address': CUT, 'local-port': '999', action, [url]: NOTICE_URL });
  router.table('/ip/proxy/access').add({ 'local-port': '999', action: 'deny' });
}

export const CUT = '100.64.1.5';
export const NOTICE_URL = 'https://clientes.example.net/aviso/cutoff/s1/?t=a%2Fb';

/** Cuts the subscriber `CUT` off; the returned function restores it. */
export function cut(router: LabRouter): () => void {
  const table = router.table('/ip/firewall/address-list');
  const id = table.add({ list: 'Moroso', address: CUT });
  return () => {
    table.remove(id);
  };
}
