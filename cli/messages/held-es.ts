import { counted } from './counted.ts';
import { releasesOf, type HeldEffect, type HeldMessages } from './held-messages.ts';

const SINGULAR: Readonly<Record<HeldEffect, string>> = {
  cut: 'cortado',
  restored: 'repuesto',
  noticed: 'avisado en pantalla',
};
const PLURAL: Readonly<Record<HeldEffect, string>> = {
  cut: 'cortados',
  restored: 'repuestos',
  noticed: 'avisados en pantalla',
};

function people(count: number): string {
  return counted(count, 'abonado', 'abonados');
}

export const HELD_ES: HeldMessages = {
  verb: 'liberar por nombre una operación retenida en todo el sitio; antes muestra a quién alcanza',
  options: {
    all: 'todos los comandos de lo retenido, hasta donde se guardan',
    everything: 'todo lo que retiene el freno, sin nombrarlo; muestra la suma y pregunta',
    onRouter: 'solo en este router; una vez por cada uno. Una instantánea vacía es de todo el sitio y no lo admite',
    yes: 'no preguntar',
  },
  head: ({ operation, reason }, kind, since) =>
    `retenida desde ${since}: ${reason}${operation === null ? '' : ` – ${operation}`}${kind === null ? '' : ` (${kind})`}`,
  effect: (effect, count, named) =>
    count === 1
      ? `${people(count)} sería ${SINGULAR[effect]}: ${named}`
      : `${people(count)} serían ${PLURAL[effect]}: ${named}`,
  asked: (effect, count, router) =>
    count === 1
      ? `${people(count)} será ${SINGULAR[effect]} en ${router}`
      : `${people(count)} serán ${PLURAL[effect]} en ${router}`,
  limit: ({ asked, before, allowed, windowMinutes, scope }) =>
    `el límite: ${allowed} en ${windowMinutes} min en este ${scope === 'site' ? 'sitio' : 'router'}; pasaron ${before}${before === 0 ? '' : ' (cortes, y filas que quitó una adopción)'}, se piden ${asked}`,
  more: (count, isStored) =>
    isStored ? `… y ${counted(count, 'comando más', 'comandos más')}: --all` : `… y ${count} más que no se guardan`,
  release: (router, operation) =>
    `para liberarla: wisp-edge routers release ${router} ${operation}; en todo el sitio: wisp-edge release ${operation}`,
  claim: (router, subscribers) =>
    `para hacerse cargo de las filas: wisp-edge routers claim ${router} ${subscribers.join(' ')}`,
  waits: 'sigue sola cuando desaparezca el motivo',
  withdrawCut: (subscriber) => `para retirarla: wisp-edge restore ${subscriber}`,
  withdrawSnapshot: 'para retirarla: la plataforma envía una instantánea más nueva sin eso',
  withdrawAdopt: (router) => `para retirarla: wisp-edge adopt ${router} --hand-back`,
  others: (count) => `… y ${count} más ${count === 1 ? 'retenida' : 'retenidas'}`,
  nothingHeld: (operation) => `${operation} no está retenida en ningún lado`,
  heldUnder: (operations) =>
    `el freno retiene cortes que esta pide con el nombre de ${operations.join(', ')}: una persona ${operations.length === 1 ? 'la' : 'las'} mira y decide: ${releasesOf(operations)}. Después esta sigue sola`,
  heldElsewhere: (operation, operations) =>
    `${operation} no tiene cortes propios retenidos; espera los retenidos con el nombre de ${operations.join(', ')}. Para liberarlos: ${releasesOf(operations)}`,
  emptySnapshot: (subscribers, cut) =>
    `una instantánea vacía: se olvidará a ${people(subscribers)}, y se repondrá a ${cut} de ellos`,
  onRouters: (routers) => counted(routers, 'router', 'routers'),
  moreWord: 'más',
  operations: {
    verb: 'mostrar las operaciones, primero las retenidas, o una con lo que hay que hacer',
    onlyHeld: 'solo las retenidas',
    limit: 'tantas como máximo',
    none: 'no hay operaciones',
    columns: {
      id: 'id',
      kind: 'qué',
      subject: 'para',
      state: 'estado',
      reason: 'por qué',
      since: 'desde',
      asked: 'pedida',
    },
  },
  heldOne: (id, kind, subject, reason) => `${id} (${kind}, ${subject}): ${reason}`,
  part: (router, state, reason) => `  en ${router}: ${state}${reason === null ? '' : ` (${reason})`}`,
  heldMore: (count) => `${count > 0 ? `… y ${count} más; ` : ''}qué hacer: wisp-edge operations --held`,
  ofNoRouter: (count, routers) =>
    `ADVERTENCIA: ${count === 1 ? '1 abonado es' : `${count} abonados son`} de routers que la configuración no tiene (${routers.join(', ')}): nadie los corta ni repone. Devuelva su id al router, o envíelos con otro`,
  paidButCut: (count) =>
    `ADVERTENCIA: ${count === 1 ? '1 abonado pagó y sigue cortado' : `${count} abonados pagaron y siguen cortados`}`,
  paidButCutOn: (count, router) =>
    `ADVERTENCIA: ${count === 1 ? '1 abonado pagó y sigue cortado' : `${count} abonados pagaron y siguen cortados`}; cuáles y qué hacer: wisp-edge routers ${router}`,
  inOperations: (count) => `en ${counted(count, 'operación', 'operaciones')}`,
  releaseAll: 'para liberar todo lo que retiene el freno: wisp-edge release --all; en un router: --router ROUTER',
  releaseWhole: (operation) => `para liberarla, en todo el sitio: wisp-edge release ${operation}`,
  nothingBraked: 'el freno no retiene nada',
  later: (count, where, command) =>
    count === 1
      ? `${people(count)} quedó retenido en ${where} después de que esto se leyera, y sigue retenido: mire y libere otra vez; ${command}`
      : `${people(count)} quedaron retenidos en ${where} después de que esto se leyera, y siguen retenidos: mire y libere otra vez; ${command}`,
  notBraked: (operation, reason) =>
    `${operation} está retenida, pero no por el freno (${reason}): liberarla no la deja pasar`,
  wholeSite: (operation) =>
    `${operation} es una instantánea vacía: es el estado de todo el sitio, y liberada olvida a todos los abonados de todos los routers. No se puede liberar en un router solo. Si es una falla de quien la envió, que envíe la instantánea correcta con una generación mayor; si el sitio de verdad está vacío: wisp-edge release ${operation}, sin --router`,
  eitherNameOrAll: 'nombre una operación, o --all; no las dos cosas',
  ask: '¿Liberarla? [s/N] ',
  left: 'no se liberó nada',
  needsYes: 'aquí no se le puede preguntar a nadie: mire los números de arriba y llámelo otra vez con --yes',
  central: {
    'in-touch': (at) => `a la plataforma central se la oyó por última vez a las ${at}`,
    silent: (at) => `advertencia: no se oye a la plataforma central desde ${at}`,
    stale: (at) => `ERROR: no se oye a la plataforma central desde ${at}: no empieza ningún corte nuevo`,
  },
  refusedReload: (daemon, at, why) =>
    `ERROR: ${daemon} rechazó la configuración a las ${at} y sigue con la anterior: ${why}`,
  since: (at) => `desde ${at}`,
};
