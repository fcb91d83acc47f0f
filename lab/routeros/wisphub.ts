import type { BackdoorAdd } from './backdoor.ts';
import type { Attributes } from './table.ts';

/** A client as WispHub's panel has him, and what of him is on the router. */
export interface WisphubClient {
  readonly id: string;
  readonly name: string;
  /** Where he is: the address that the panel has. */
  readonly address: string;
  readonly state: 'active' | 'cut' | 'reminder';
}

/**
 * The clients of the preset `wisphub`. Those of the seen drift (facts of a production router's export) bear its name:
 * `doble-*` have their proxy row twice, `dos` has a reminder and a cut-off row at two addresses, the proxy row of
 * `vieja-*` stands at an address that he has left.
 */
export const WISPHUB_CLIENTS: readonly WisphubClient[] = [
  client('1001', 'Ana Activa', '100.64.10.1', 'active'),
  client('1002', 'Beto Activo', '100.64.10.2', 'active'),
  client('1003', 'Vecina de vieja-1', '100.64.30.1', 'active'),
  client('1011', 'Carla Corte', '100.64.10.11', 'cut'),
  client('1012', 'Diego Corte', '100.64.10.12', 'cut'),
  client('1021', 'doble-1', '100.64.10.21', 'cut'),
  client('1022', 'doble-2', '100.64.10.22', 'cut'),
  client('1023', 'doble-3', '100.64.10.23', 'cut'),
  client('1031', 'dos', '100.64.10.31', 'cut'),
  client('1041', 'vieja-1', '100.64.10.41', 'cut'),
  client('1042', 'vieja-2', '100.64.10.42', 'cut'),
  client('1043', 'vieja-3', '100.64.10.43', 'cut'),
  client('1051', 'Elsa Aviso', '100.64.10.51', 'reminder'),
  client('1052', 'doble-aviso', '100.64.10.52', 'reminder'),
];

/** Cut-off rows of clients who were deleted from the tenant: nobody lifted them. */
export const WISPHUB_ORPHANS: readonly WisphubClient[] = [
  client('0901', 'Borrado Uno', '100.64.40.1', 'cut'),
  client('0902', 'Borrado Dos', '100.64.40.2', 'cut'),
];

export const WISPHUB_LISTS = { cutoff: 'Moroso', notice: 'Aviso', portal: 'servers_wisphub' } as const;

/** Its interface list of the WANs; where it is empty the rule that shuts port 999 matches nothing. */
export const WISPHUB_WAN_LIST = 'Lista_WAN_WispHub';

const PORTAL = 'clientes.example.net';
const LITERALS = [
  '192.241.222.19',
  '107.170.255.167',
  '192.241.192.207',
  '104.26.12.125',
  '104.26.13.125',
  '172.67.72.161',
] as const;
/** Where the proxy rows of `vieja-*` and the reminder of `dos` still stand. */
const OLD_ADDRESS: Readonly<Record<string, string>> = {
  '1041': '100.64.30.1',
  '1042': '100.64.30.2',
  '1043': '100.64.30.3',
};
const REMINDER_OF_TWO = '100.64.30.9';

type Add = (menu: string, attributes: Attributes, options?: BackdoorAdd) => string;

/** The whole rule set that WispHub writes (export of a production router), with the drift that was seen there. */
export function addWisphub(add: Add, major: 6 | 7, setProxy: (attributes: Attributes) => void): void {
  add('/user', { name: 'wisphub', group: 'full' });
  add('/interface/list', { name: WISPHUB_WAN_LIST });
  add('/interface/list/member', { list: WISPHUB_WAN_LIST, interface: 'ether1' });
  addLists(add);
  add('/ip/firewall/filter', {
    chain: 'input',
    protocol: 'tcp',
    'dst-port': '999',
    'in-interface-list': WISPHUB_WAN_LIST,
    action: 'drop',
    comment: 'WispHub - Bloquear puerto WebProxy desde WANs',
  });
  addNat(add);
  setProxy({ enabled: 'true', port: '999' });
  addPages(add, major);
}

function addLists(add: Add): void {
  const list = '/ip/firewall/address-list';
  for (const address of [...LITERALS, 'servers-corte.wisphub.net', PORTAL])
    add(list, { list: WISPHUB_LISTS.portal, address });
  for (const { address, name, state } of [...WISPHUB_CLIENTS, ...WISPHUB_ORPHANS]) {
    if (state === 'cut') add(list, { list: WISPHUB_LISTS.cutoff, address, comment: name });
    if (state === 'reminder') add(list, { list: WISPHUB_LISTS.notice, address, comment: name });
  }
  add(list, { list: WISPHUB_LISTS.notice, address: REMINDER_OF_TWO, comment: 'dos' });
}

function addNat(add: Add): void {
  const nat = '/ip/firewall/nat';
  // Of a person: above WispHub's, as any rule that was there before.
  add(nat, { chain: 'dstnat', 'dst-address': '203.0.113.77', action: 'accept', comment: 'servidor propio' });
  for (const list of [WISPHUB_LISTS.cutoff, WISPHUB_LISTS.notice])
    add(nat, {
      chain: 'dstnat',
      'src-address-list': list,
      'dst-address-list': WISPHUB_LISTS.portal,
      action: 'accept',
      comment: 'WispHub - Permitir pagina web morosos',
    });
  const redirect = (list: string, protocol: 'tcp' | 'udp', comment: string, disabled: string): void => {
    add(nat, {
      chain: 'dstnat',
      protocol,
      'dst-port': protocol === 'tcp' ? '!8291' : '!8291,53',
      'in-interface-list': `!${WISPHUB_WAN_LIST}`,
      'src-address-list': list,
      action: 'redirect',
      'to-ports': '999',
      comment,
      disabled,
    });
  };
  redirect(WISPHUB_LISTS.cutoff, 'tcp', 'WispHub - Suspension de clientes(TCP)', 'false');
  // Somebody switched it off; the one of the reminders is missing altogether.
  redirect(WISPHUB_LISTS.cutoff, 'udp', 'WispHub - Suspension de clientes(UDP)', 'true');
  redirect(WISPHUB_LISTS.notice, 'tcp', 'WispHub - Aviso de Pago en Pantalla de clientes', 'false');
}

function addPages(add: Add, major: 6 | 7): void {
  const page = ({ id, name }: WisphubClient, address: string, kind: 'Moroso' | 'Aviso'): void => {
    const path = kind === 'Moroso' ? 'aviso-corte' : 'aviso-pago';
    // RouterOS 6 wrote the scheme; on 7 it is left out.
    const target =
      major === 6
        ? { action: 'deny', 'redirect-to': `http://${PORTAL}/landing/mi-isp/${path}/${name}@mi-isp/${id}/` }
        : { action: 'redirect', 'action-data': `${PORTAL}/landing/mi-isp/${path}/${name}@mi-isp/${id}/` };
    add('/ip/proxy/access', {
      'src-address': address,
      'local-port': '999',
      ...target,
      comment: `${name}-${kind}`,
    });
  };
  for (const one of [...WISPHUB_CLIENTS, ...WISPHUB_ORPHANS]) {
    const times = one.name.startsWith('doble') ? 2 : 1;
    // The reminder comes first: who has both sees the reminder.
    if (one.name === 'dos') page(one, REMINDER_OF_TWO, 'Aviso');
    for (let time = 0; time < times; time += 1) {
      if (one.state === 'cut') page(one, OLD_ADDRESS[one.id] ?? one.address, 'Moroso');
      if (one.state === 'reminder') page(one, one.address, 'Aviso');
    }
  }
}

function client(id: string, name: string, address: string, state: WisphubClient['state']): WisphubClient {
  return { id, name, address, state };
}
