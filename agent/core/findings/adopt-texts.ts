import { said, text } from './text.ts';

interface Ids {
  readonly ids: readonly string[];
}

/**
 * What is found of WispHub's rule set. The remedy of most is the policy of the step `manage`: what it does about it, and
 * what `--hand-back` does afterwards.
 */
export const ADOPT_TEXTS = {
  'wisphub-duplicates': text(
    'info',
    ({ count, ids }: Ids & { count: number }) =>
      said(
        `${count === 1 ? '1 row of /ip proxy access stands' : `${count} rows of /ip proxy access stand`} twice (${list(ids)})`,
        'manage: one row of ours for each subscriber, placed above; both of WispHub’s are switched off. --hand-back switches both on again',
      ),
    ({ count, ids }) =>
      said(
        `${count === 1 ? '1 fila de /ip proxy access está' : `${count} filas de /ip proxy access están`} dos veces (${list(ids)})`,
        'manage: una fila nuestra por abonado, puesta arriba; las dos de WispHub se apagan. --hand-back vuelve a encender ambas',
      ),
  ),
  'wisphub-contradictions': text(
    'warning',
    ({ names }: { names: readonly string[] }) =>
      said(
        `a reminder and a cut-off stand for the same name: ${list(names)}`,
        'manage: the subscriber is found by his address, never by the name; he gets what he is instructed to have, a cut-off before any notice. Rows at addresses of nobody go last',
      ),
    ({ names }) =>
      said(
        `hay aviso y corte para el mismo nombre: ${list(names)}`,
        'manage: el abonado se busca por su dirección, nunca por el nombre; tiene lo que se le instruyó, el corte antes que cualquier aviso. Las filas en direcciones de nadie salen al final',
      ),
  ),
  'wisphub-wrong-addresses': text(
    'warning',
    ({ count, others, list: name, ids }: Ids & { count: number; others: number; list: string }) =>
      said(
        `${count} pages stand at addresses that are in no list (${list(ids)}), ${others} of them at somebody’s: who is in ${name} without a page browses http freely`,
        'manage: each gets his page at the address he has now; the old rows are switched off. --hand-back switches them on again, as wrong as they were',
      ),
    ({ count, others, list: name, ids }) =>
      said(
        `${count} páginas están en direcciones que no están en ninguna lista (${list(ids)}), ${others} de ellas de otro abonado: quien está en ${name} sin página navega http libremente`,
        'manage: cada uno tiene su página en la dirección que tiene ahora; las filas viejas se apagan. --hand-back las vuelve a encender, tan erradas como estaban',
      ),
  ),
  'wisphub-paid-but-cut': text(
    'warning',
    ({ list: name, subscribers }: { list: string; subscribers: readonly string[] }) =>
      said(
        `${subscribers.length} subscribers are in ${name} who are instructed to be open: ${list(subscribers)}`,
        'manage: their rows are removed first, and count in the brake. --hand-back does not bring back rows that would cut who is to be open',
      ),
    ({ list: name, subscribers }) =>
      said(
        `${subscribers.length === 1 ? `1 abonado está en ${name} y debe estar activo` : `${subscribers.length} abonados están en ${name} y deben estar activos`}: ${list(subscribers)}`,
        'manage: sus filas se quitan primero, y cuentan en el freno. --hand-back no repone filas que cortarían a quien debe estar activo',
      ),
  ),
  'wisphub-orphans': text(
    'warning',
    ({ list: name, addresses }: { list: string; addresses: readonly string[] }) =>
      said(
        `${addresses.length} addresses in ${name} belong to nobody the store knows: ${list(addresses)}`,
        'manage: removed last of all, and counted in the brake; whoever gets the address next is not cut by it. --hand-back brings them back',
      ),
    ({ list: name, addresses }) =>
      said(
        `${addresses.length === 1 ? `1 dirección de ${name} no es` : `${addresses.length} direcciones de ${name} no son`} de nadie que se conozca: ${list(addresses)}`,
        'manage: se quitan al final de todo, y cuentan en el freno; quien reciba esa dirección no queda cortado por ella. --hand-back las repone',
      ),
  ),
  'wisphub-left': text(
    'info',
    ({ count, ids }: Ids & { count: number }) =>
      said(
        `${count} list rows stay as they are (${list(ids)}): their subscriber is held, or their address is a name`,
        'wisp-edge plan says what is held and why; the next manage takes them',
      ),
    ({ count, ids }) =>
      said(
        `${count === 1 ? '1 fila de listas queda como está' : `${count} filas de listas quedan como están`} (${list(ids)}): su abonado está retenido, o su dirección es un nombre`,
        'wisp-edge plan dice qué está retenido y por qué; el próximo manage las toma',
      ),
  ),
  'wisphub-rules-disabled': text(
    'warning',
    ({ count, ids }: Ids & { count: number }) =>
      said(
        `${count === 1 ? '1 rule of WispHub’s is' : `${count} rules of WispHub’s are`} switched off (${list(ids)}): what ${count === 1 ? 'it matches' : 'they match'} is not cut`,
        'manage: our own chains stand in their place, read back, before the others are switched off too. --hand-back leaves off what was off',
      ),
    ({ count, ids }) =>
      said(
        `${count === 1 ? '1 regla de WispHub está apagada' : `${count} reglas de WispHub están apagadas`} (${list(ids)}): lo que ${count === 1 ? 'abarca' : 'abarcan'} no está cortado`,
        'manage: nuestras cadenas están en su lugar, comprobadas, antes de apagar también las demás. --hand-back deja apagado lo que lo estaba',
      ),
  ),
  'wisphub-rules-missing': text(
    'warning',
    ({ rules }: { rules: readonly string[] }) =>
      said(`rules of WispHub’s set are missing: ${list(rules)}`, 'manage: our own chains have them all'),
    ({ rules }) =>
      said(`faltan reglas del juego de WispHub: ${list(rules)}`, 'manage: nuestras cadenas las tienen todas'),
  ),
  'wisphub-rules-below': text(
    'warning',
    ({ ids }: Ids) =>
      said(
        `rules that accept stand above WispHub’s in dstnat (${list(ids)}): what they match was never cut`,
        'manage: our jumps go to the top, above FastTrack and every accept; those rules are not touched',
      ),
    ({ ids }) =>
      said(
        `hay reglas que aceptan por encima de las de WispHub en dstnat (${list(ids)}): lo que abarcan nunca estuvo cortado`,
        'manage: nuestros saltos van arriba, sobre FastTrack y todo accept; esas reglas no se tocan',
      ),
  ),
  'wisphub-wan-list-empty': text(
    'error',
    ({ list: name }: { list: string }) =>
      said(
        `the interface list ${name} is empty: port 999 is open to the internet`,
        `manage: our own guard of the port needs no such list. Until then: /interface list member add list=${name} interface=ether1`,
      ),
    ({ list: name }) =>
      said(
        `la lista de interfaces ${name} está vacía: el puerto 999 está abierto a internet`,
        `manage: nuestra guarda del puerto no necesita esa lista. Hasta entonces: /interface list member add list=${name} interface=ether1`,
      ),
  ),
  'wisphub-unseen': text(
    'warning',
    ({ menus }: { menus: readonly string[] }) =>
      said(
        `whether a user of WispHub’s logs in cannot be seen: ${list(menus)} could not be read`,
        'Give our user’s group the policy read: /user group set [find name=wisp-edge] policy=read,write,api. Where that may not be: switch WispHub’s user off, end its sessions, and say so by wisphubOff: true at this router in agent.routers',
      ),
    ({ menus }) =>
      said(
        `no se ve si un usuario de WispHub inicia sesión: no se pudo leer ${list(menus)}`,
        'Dé al grupo de nuestro usuario la política read: /user group set [find name=wisp-edge] policy=read,write,api. Donde no se pueda: deshabilite el usuario de WispHub, termine sus sesiones y dígalo con wisphubOff: true en este router de agent.routers',
      ),
  ),
  'wisphub-new-rows': text(
    'warning',
    ({ count, example, at, isWisphub }: { count: number; example: string; at: string; isWisphub: boolean }) =>
      said(
        `${count === 1 ? '1 row' : `${count} rows`} without a mark of ours appeared within a day, the last at ${at}: ${example}`,
        isWisphub
          ? 'In WispHub’s panel, Routers → this router: switch off cutting and notices, and their automatic tasks for its zone. Then /user disable [find name~"wisphub"]'
          : 'Somebody else wrote them, or took the comment off rows of ours: /log print where topics~"account|system" says who came in. They stay as they are; wisp-edge routers claim ROUTER SUBSCRIBER makes them ours again',
      ),
    ({ count, example, at, isWisphub }) =>
      said(
        `${count === 1 ? 'apareció 1 fila' : `aparecieron ${count} filas`} sin marca nuestra en el último día, la última a las ${at}: ${example}`,
        isWisphub
          ? 'En el panel de WispHub, Routers → este router: desactive cortes y avisos, y las tareas automáticas de su zona. Luego /user disable [find name~"wisphub"]'
          : 'Las escribió otro, o alguien quitó el comentario a filas nuestras: /log print where topics~"account|system" dice quién entró. Quedan como están; wisp-edge routers claim ROUTER ABONADO las vuelve a hacer nuestras',
      ),
  ),
};

const SHOWN = 8;

function list(words: readonly string[]): string {
  const shown = words.slice(0, SHOWN).join(', ');
  return words.length > SHOWN ? `${shown}, … (${words.length})` : shown;
}
