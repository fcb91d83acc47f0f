import { fixed, said, text } from './text.ts';

interface RowSeen {
  readonly menu: string;
  readonly id: string;
}

interface RefusedSeen {
  readonly router: string;
  readonly count: number;
  readonly command: string;
  readonly why: string;
}

const CENTRAL_REMEDY = {
  en: 'See that the platform reaches this box (its next accepted instruction ends it); without a platform: control.central.kind: none',
  es: 'Revise que la plataforma llegue a este equipo (termina con su próxima instrucción aceptada); sin plataforma: control.central.kind: none',
};

/** What a pass over a router finds. */
export const PASS_TEXTS = {
  'router-error': text(
    'error',
    ({ code, at, remedy }: { code: string; at: string; remedy: string | null }) =>
      said(`${code} (${at})`, remedy ?? undefined),
    ({ code, at }) => said(`${code} (${at})`, `Busque ${code} en docs/errors.md.`),
  ),
  'write-refused': text(
    'warning',
    ({ router, count, command, why }: RefusedSeen) =>
      said(
        `${router} refused ${count === 1 ? 'a write' : `${count} writes`} again and again: ${command} – ${why}`,
        'See what stands there (print the menu): most often another row holds the address, or a value is refused; take that row away or mend it, and it is written within a minute.',
      ),
    ({ router, count, command, why }) =>
      said(
        `${router} rechazó ${count === 1 ? 'una escritura' : `${count} escrituras`} una y otra vez: ${command} – ${why}`,
        'Mire qué hay allí (print del menú): casi siempre otra fila tiene la dirección, o no acepta un valor; quite esa fila o corríjala, y se escribe en un minuto.',
      ),
  ),
  'login-link-expired': text(
    'info',
    ({ count }: { count: number }) =>
      said(
        `${count} pages had a login link that is older than six months: the template’s page is shown instead`,
        'Send the cut-off or notice again with a fresh url, or leave it so.',
      ),
    ({ count }) =>
      said(
        `${count} páginas tenían un enlace de autologin de más de seis meses: se muestra la página de la plantilla`,
        'Envíe de nuevo el corte o aviso con una url nueva, o déjelo así.',
      ),
  ),
  'menu-missing': text(
    'error',
    ({ menu }: { menu: string }) => said(`the router has no ${menu}`, 'Install or enable the package that brings it.'),
    ({ menu }) => said(`el router no tiene ${menu}`, 'Instale o active el paquete que lo trae.'),
  ),
  'menu-absent': text(
    'info',
    ({ menu }: { menu: string }) => said(`${menu} is not on this router`),
    ({ menu }) => said(`${menu} no está en este router`),
  ),
  'device-mode-proxy': fixed(
    'error',
    said(
      'device-mode bars the web proxy: notices are configured but have no effect',
      '/system device-mode update proxy=yes (then press the button or cut the power within 5 minutes)',
    ),
    said(
      'device-mode impide el web proxy: los avisos están configurados pero no surten efecto',
      '/system device-mode update proxy=yes (luego pulse el botón o corte la energía antes de 5 minutos)',
    ),
  ),
  'device-mode-flagged': fixed(
    'error',
    said('the router is flagged: it refuses proxy rows', '/system device-mode update flagged=no (at the device)'),
    said(
      'el router está marcado (flagged): rechaza filas del proxy',
      '/system device-mode update flagged=no (en el equipo)',
    ),
  ),
  'row-inactive': text(
    'error',
    ({ count, menu }: { count: number; menu: string }) =>
      said(
        `${count} rows of ours in ${menu} are invalid or inactive`,
        `${words(menu)} print where inactive or invalid`,
      ),
    ({ count, menu }) =>
      said(
        `${count} filas nuestras en ${menu} son inválidas o inactivas`,
        `${words(menu)} print where inactive or invalid`,
      ),
  ),
  'stranger-in-chain': text(
    'error',
    ({ menu, id, chain }: RowSeen & { chain: string }) =>
      said(`row ${id} in ${menu} stands in our chain ${chain} and is not ours`, `${words(menu)} remove ${id}`),
    ({ menu, id, chain }) =>
      said(`la fila ${id} de ${menu} está en nuestra cadena ${chain} y no es nuestra`, `${words(menu)} remove ${id}`),
  ),
  'row-blocked': text(
    'warning',
    ({ menu, id, list, address }: RowSeen & { list: string; address: string }) =>
      said(
        `row ${id} of list ${list} is not ours and disabled: ${address} stays unreachable for cut subscribers`,
        `${words(menu)} enable ${id}`,
      ),
    ({ menu, id, list, address }) =>
      said(
        `la fila ${id} de la lista ${list} no es nuestra y está deshabilitada: los abonados cortados no llegan a ${address}`,
        `${words(menu)} enable ${id}`,
      ),
  ),
  brake: text(
    'warning',
    ({ count, router }: { count: number; router: string }) =>
      said(
        count === 1 ? '1 change waits for a person' : `${count} changes wait for a person`,
        `wisp-edge routers ${router}, then wisp-edge routers release ${router} OPERATION`,
      ),
    ({ count, router }) =>
      said(
        count === 1 ? '1 cambio espera a una persona' : `${count} cambios esperan a una persona`,
        `wisp-edge routers ${router}, luego wisp-edge routers release ${router} OPERACIÓN`,
      ),
  ),
  'central-silent': text(
    'warning',
    ({ since }: { since: string | null }) =>
      said(`nothing was accepted of the central platform since ${since ?? 'ever'}`, CENTRAL_REMEDY.en),
    ({ since }) => said(`no se aceptó nada de la plataforma central desde ${since ?? 'siempre'}`, CENTRAL_REMEDY.es),
  ),
  'central-stale': text(
    'error',
    ({ since }: { since: string | null }) =>
      said(
        `no new cut starts: nothing was accepted of the central platform since ${since ?? 'ever'}`,
        CENTRAL_REMEDY.en,
      ),
    ({ since }) =>
      said(
        `ningún corte nuevo comienza: no se aceptó nada de la plataforma central desde ${since ?? 'siempre'}`,
        CENTRAL_REMEDY.es,
      ),
  ),
  orphans: text(
    'warning',
    ({ count }: { count: number }) =>
      said(`${count} cut-off rows of ours belong to nobody in the store`, 'send a snapshot: PUT /v1/desired-state'),
    ({ count }) =>
      said(
        `${count} filas de corte nuestras no son de nadie en la base de datos`,
        'envíe una instantánea: PUT /v1/desired-state',
      ),
  ),
  'rows-of-nobody-yet': text(
    'warning',
    ({ count, router }: { count: number; router: string }) =>
      said(
        `${router} holds rows of ours of ${count} ${count === 1 ? 'subscriber' : 'subscribers'}, and no subscriber of it is known: they stay as they are, also of who paid, and wait for the first snapshot or PUT`,
        'If the database was lost: bring back its backup, or let the platform send its whole snapshot (PUT /v1/desired-state). Nothing is held here for a release until then.',
      ),
    ({ count, router }) =>
      said(
        `${router} tiene filas nuestras de ${count} ${count === 1 ? 'abonado' : 'abonados'}, y no se conoce a ningún abonado suyo: quedan como están, también las de quien pagó, y esperan la primera instantánea o PUT`,
        'Si se perdió la base de datos: recupere su copia, o haga que la plataforma envíe su instantánea completa (PUT /v1/desired-state). Hasta entonces no hay nada retenido que liberar.',
      ),
  ),
  'foreign-cuts': text(
    'info',
    ({ count, router }: { count: number; router: string }) =>
      said(
        count === 1 ? '1 row of the cut-off list is not ours' : `${count} rows of the cut-off list are not ours`,
        `wisp-edge plan ${router}, then wisp-edge routers claim ${router} SUBSCRIBER`,
      ),
    ({ count, router }) =>
      said(
        count === 1
          ? '1 fila de la lista de corte no es nuestra'
          : `${count} filas de la lista de corte no son nuestras`,
        `wisp-edge plan ${router}, luego wisp-edge routers claim ${router} ABONADO`,
      ),
  ),
  'proxy-in-use': text(
    'info',
    ({ ports }: { ports: readonly string[] }) =>
      said(`the web proxy also listens on ${ports.join(', ')}: its other settings are left as they are`),
    ({ ports }) => said(`el web proxy también escucha en ${ports.join(', ')}: sus demás ajustes quedan como están`),
  ),
};

/** A menu as the console of both major versions takes it; the form with slashes is RouterOS 7's. */
function words(menu: string): string {
  return `/${menu.slice(1).replaceAll('/', ' ')}`;
}
