import { said, text } from './text.ts';

interface Jump {
  readonly menu: string;
  readonly chain: string;
}

const print = ({ menu, chain }: Jump): string => `${menu} print where chain=${chain}`;
const close = (family: 4 | 6, port: number, where: string): string =>
  `/${family === 4 ? 'ip' : 'ipv6'} firewall filter add chain=input protocol=tcp dst-port=${port} ${where}action=drop place-before=0`;

interface Exposure {
  readonly port: number;
  readonly family: 4 | 6;
}

/** Order of the rules, and who can reach the proxy. */
export const FIREWALL_TEXTS = {
  'jump-missing': text(
    'warning',
    (seen: Jump) =>
      said(`our jump in ${seen.menu}, chain ${seen.chain}, is missing`, 'wisp-edge apply (in mode manage)'),
    (seen) => said(`falta nuestro salto en ${seen.menu}, cadena ${seen.chain}`, 'wisp-edge apply (en modo manage)'),
  ),
  'jump-sunk': text(
    'warning',
    ({ id, above, ...seen }: Jump & { id: string; above: string }) =>
      said(
        `rule ${above} stands above our jump in ${seen.menu}, chain ${seen.chain}; wisp-edge moves the jump up in mode manage`,
        `${seen.menu} move ${id} destination=${above}`,
      ),
    ({ id, above, ...seen }) =>
      said(
        `la regla ${above} está sobre nuestro salto en ${seen.menu}, cadena ${seen.chain}; en modo manage wisp-edge lo sube`,
        `${seen.menu} move ${id} destination=${above}`,
      ),
  ),
  'jump-stuck': text(
    'error',
    ({ above, ...seen }: Jump & { above: string }) =>
      said(
        `rule ${above}, made by the router itself, decides above our jump in ${seen.menu}, chain ${seen.chain}: nothing can be moved over it`,
        `${print(seen)} and dynamic; switch off what makes it (HotSpot, UPnP, a script with timeout)`,
      ),
    ({ above, ...seen }) =>
      said(
        `la regla ${above}, hecha por el propio router, decide sobre nuestro salto en ${seen.menu}, cadena ${seen.chain}: nada puede ponerse encima`,
        `${print(seen)} and dynamic; apague lo que la crea (HotSpot, UPnP, un script con timeout)`,
      ),
  ),
  'fasttrack-above': text(
    'error',
    ({ id, above, ...seen }: Jump & { id: string; above: string }) =>
      said(
        `FastTrack (${above}) stands above our jump in ${seen.menu}: open connections of a cut subscriber go on past every rule`,
        `${seen.menu} move ${id} destination=${above}`,
      ),
    ({ id, above, ...seen }) =>
      said(
        `FastTrack (${above}) está sobre nuestro salto en ${seen.menu}: las conexiones abiertas de un abonado cortado siguen por encima de toda regla`,
        `${seen.menu} move ${id} destination=${above}`,
      ),
  ),
  'proxy-open-wan': text(
    'error',
    ({ port, family }: Exposure) =>
      said(
        `port ${port} of the web proxy is open to the WAN side (IPv${family}): an open proxy`,
        close(family, port, 'in-interface=<WAN> '),
      ),
    ({ port, family }) =>
      said(
        `el puerto ${port} del web proxy está abierto hacia la WAN (IPv${family}): un proxy abierto`,
        close(family, port, 'in-interface=<WAN> '),
      ),
  ),
  'proxy-open-neighbours': text(
    'warning',
    ({ port, family }: Exposure) =>
      said(
        `port ${port} of the web proxy is open to subscribers who are not cut (IPv${family})`,
        close(family, port, ''),
      ),
    ({ port, family }) =>
      said(
        `el puerto ${port} del web proxy está abierto a abonados que no están cortados (IPv${family})`,
        close(family, port, ''),
      ),
  ),
  'proxy-exposure-unknown': text(
    'warning',
    ({ port, family, side, rules }: Exposure & { side: 'wan' | 'neighbour'; rules: readonly string[] }) =>
      said(
        `whether port ${port} of the proxy is open to the ${side === 'wan' ? 'WAN side' : 'neighbours'} (IPv${family}) cannot be told from the rules: ${rules.join(', ')}`,
        'Try from outside: curl -x http://<router>:' + `${port} http://example.com/`,
      ),
    ({ port, family, side, rules }) =>
      said(
        `no se puede saber por las reglas si el puerto ${port} del proxy está abierto ${side === 'wan' ? 'hacia la WAN' : 'a los vecinos'} (IPv${family}): ${rules.join(', ')}`,
        'Pruebe desde afuera: curl -x http://<router>:' + `${port} http://example.com/`,
      ),
  ),
  'proxy-answers-box': text(
    'error',
    ({ port, status }: { port: number; status: number }) =>
      said(`the proxy answered this box, which is not cut, on port ${port} (status ${status})`, close(4, port, '')),
    ({ port, status }) =>
      said(
        `el proxy le respondió a este equipo, que no está cortado, en el puerto ${port} (estado ${status})`,
        close(4, port, ''),
      ),
  ),
  'ipv6-no-firewall': text(
    'error',
    ({ addresses, subscribers }: { addresses: number; subscribers: number }) =>
      said(
        `the router has ${addresses} IPv6 addresses and no IPv6 firewall; ${subscribers} subscribers have IPv6: a cut does not reach it`,
        '/system package enable ipv6; /system reboot',
      ),
    ({ addresses, subscribers }) =>
      said(
        `el router tiene ${addresses} direcciones IPv6 y no tiene firewall IPv6; ${subscribers} abonados tienen IPv6: un corte no lo alcanza`,
        '/system package enable ipv6; /system reboot',
      ),
  ),
  'ipv6-untold': text(
    'warning',
    ({ subscribers }: { subscribers: number }) =>
      said(
        `the router carries IPv6, and none of the ${subscribers} subscribers has an IPv6 address in the desired state: a cut leaves their IPv6 open`,
        'PUT /v1/subscribers/{id} with their IPv6 prefix among the addresses; /ipv6 dhcp-server binding print',
      ),
    ({ subscribers }) =>
      said(
        `el router lleva IPv6, y ninguno de los ${subscribers} abonados tiene dirección IPv6 en el estado deseado: un corte deja abierto su IPv6`,
        'PUT /v1/subscribers/{id} con su prefijo IPv6 entre las direcciones; /ipv6 dhcp-server binding print',
      ),
  ),
};
