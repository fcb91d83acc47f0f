import { said, text } from './text.ts';

interface Jump {
  readonly menu: string;
  readonly chain: string;
}

const print = ({ menu, chain }: Jump): string => `${menu} print where chain=${chain}`;
interface Exposure {
  readonly port: number;
  readonly family: 4 | 6;
}
interface Closable extends Exposure {
  /** False for a port that somebody else opened: who may use that one is not for us to say. */
  readonly isOurs: boolean;
  /** The first rule of the input chain that a new one can stand before; null where there is none. */
  readonly before: string | null;
}

/**
 * Shuts our port to whoever addresses it himself. Who is led there by a redirect keeps it: his packets come to the input
 * chain with this very port, and a plain drop would take the page from everybody who is cut. Ours leads nobody over IPv6.
 */
const close = ({ family, port, before }: Closable, where = ''): string =>
  `/${family === 4 ? 'ip' : 'ipv6'} firewall filter add chain=input protocol=tcp dst-port=${port} ${where}` +
  `${family === 4 ? 'connection-nat-state=!dstnat ' : ''}action=drop${before === null ? '' : ` place-before=${before}`}`;
const closeEn = (seen: Closable, where?: string): string =>
  seen.isOurs
    ? close(seen, where)
    : `Port ${seen.port} is not ours: find out who uses it, then let in only those in the input chain. A plain drop cuts its users off.`;
const closeEs = (seen: Closable, where?: string): string =>
  seen.isOurs
    ? close(seen, where)
    : `El puerto ${seen.port} no es nuestro: averigüe quién lo usa y luego deje entrar solo a esos en la cadena input. Un simple drop deja sin servicio a sus usuarios.`;

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
    (seen: Closable) =>
      said(
        `port ${seen.port} of the web proxy is open to the WAN side (IPv${seen.family}): an open proxy`,
        closeEn(seen, 'in-interface=<WAN> '),
      ),
    (seen) =>
      said(
        `el puerto ${seen.port} del web proxy está abierto hacia la WAN (IPv${seen.family}): un proxy abierto`,
        closeEs(seen, 'in-interface=<WAN> '),
      ),
  ),
  'proxy-open-neighbours': text(
    'warning',
    (seen: Closable) =>
      said(
        `port ${seen.port} of the web proxy is open to subscribers who are not cut (IPv${seen.family})`,
        closeEn(seen),
      ),
    (seen) =>
      said(
        `el puerto ${seen.port} del web proxy está abierto a abonados que no están cortados (IPv${seen.family})`,
        closeEs(seen),
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
    ({ status, ...seen }: Closable & { status: number }) =>
      said(`the proxy answered this box, which is not cut, on port ${seen.port} (status ${status})`, closeEn(seen)),
    ({ status, ...seen }) =>
      said(
        `el proxy le respondió a este equipo, que no está cortado, en el puerto ${seen.port} (estado ${status})`,
        closeEs(seen),
      ),
  ),
  'ipv6-no-firewall': text(
    'error',
    ({ addresses, subscribers }: { addresses: number; subscribers: number }) =>
      said(
        `the router has ${addresses} IPv6 addresses and no IPv6 firewall; ${subscribers} subscribers have IPv6: a cut does not reach it`,
        '/system package enable ipv6, then /system reboot at an hour when nobody is hurt: everybody on this router loses service while it starts',
      ),
    ({ addresses, subscribers }) =>
      said(
        `el router tiene ${addresses} direcciones IPv6 y no tiene firewall IPv6; ${subscribers} abonados tienen IPv6: un corte no lo alcanza`,
        '/system package enable ipv6, luego /system reboot a una hora en que no perjudique a nadie: todos los de este router quedan sin servicio mientras arranca',
      ),
  ),
  'ipv6-untold': text(
    'warning',
    ({ subscribers, without }: { subscribers: number; without: number }) =>
      said(
        `the router carries IPv6, and ${without} of the ${subscribers} subscribers have no IPv6 address in the desired state: if they have IPv6, a cut leaves it open`,
        'PUT /v1/subscribers/{id} with their IPv6 prefix among the addresses; /ipv6 dhcp-server binding print',
      ),
    ({ subscribers, without }) =>
      said(
        `el router lleva IPv6, y ${without} de los ${subscribers} abonados no tienen dirección IPv6 en el estado deseado: si tienen IPv6, un corte lo deja abierto`,
        'PUT /v1/subscribers/{id} con su prefijo IPv6 entre las direcciones; /ipv6 dhcp-server binding print',
      ),
  ),
};
