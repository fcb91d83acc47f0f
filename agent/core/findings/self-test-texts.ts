import { said, text } from './text.ts';

/** What became of a self-test. */
export const SELF_TEST_TEXTS = {
  'self-test-passed': text(
    'info',
    ({ status, location }: { status: number; location: string }) =>
      said(`the self-test was redirected with status ${status} to ${location}, exactly as written`),
    ({ status, location }) =>
      said(`la autoprueba fue redirigida con estado ${status} a ${location}, exactamente como se escribió`),
  ),
  'self-test-not-made': text(
    'warning',
    ({ why }: { why: NotMade }) => said(`no self-test was made: ${NOT_MADE[why].en}`, NOT_MADE[why].mends),
    ({ why }) => said(`no se hizo la autoprueba: ${NOT_MADE[why].es}`, NOT_MADE[why].mends),
  ),
  'self-test-failed': text(
    'error',
    ({ saw, wanted }: { saw: string; wanted: string }) =>
      said(
        `the self-test saw ${saw} instead of a redirect to ${wanted}`,
        '/ip proxy access print; /ip proxy monitor once',
      ),
    ({ saw, wanted }) =>
      said(
        `la autoprueba vio ${saw} en vez de una redirección a ${wanted}`,
        '/ip proxy access print; /ip proxy monitor once',
      ),
  ),
  'redirect-adds-scheme': text(
    'warning',
    ({ location, isAuto }: { location: string; isAuto: boolean }) =>
      said(
        `this router puts http:// before where it redirects to (${location}): ${isAuto ? 'pages are written without their scheme from now on' : 'notices lead nowhere'}; the portal must answer on port 80`,
        'redirect: auto (or without-scheme) at this router in the configuration',
      ),
    ({ location, isAuto }) =>
      said(
        `este router antepone http:// a la dirección de la redirección (${location}): ${isAuto ? 'desde ahora las páginas se escriben sin esquema' : 'los avisos no llevan a ninguna parte'}; el portal debe responder en el puerto 80`,
        'redirect: auto (o without-scheme) en este router de la configuración',
      ),
  ),
};

/** Why a self-test was not made. */
export type NotMade =
  'mode' | 'adoption' | 'no-chain' | 'no-proxy' | 'address-unknown' | 'address-listed' | 'unreachable' | 'late';

const NOT_MADE: Readonly<Record<NotMade, { readonly en: string; readonly es: string; readonly mends: string }>> = {
  mode: {
    en: 'it writes rows, and this router is not in mode manage',
    es: 'escribe filas, y este router no está en modo manage',
    mends: 'mode: manage',
  },
  adoption: {
    en: 'it writes rows, and this router is not in mode manage: it is on its way from WispHub, or was handed back',
    es: 'escribe filas, y este router no está en modo manage: se está tomando de WispHub, o se devolvió',
    mends: 'wisp-edge adopt <router>',
  },
  'no-chain': {
    en: 'our input chain does not stand yet',
    es: 'nuestra cadena de input todavía no está',
    mends: 'wisp-edge apply',
  },
  'no-proxy': {
    en: 'the web proxy is not on, or device-mode bars it',
    es: 'el web proxy no está activo, o device-mode lo impide',
    mends: 'wisp-edge apply',
  },
  'address-unknown': {
    en: 'as whom the router sees this box is not clear',
    es: 'no está claro como quién ve el router a este equipo',
    mends: '/user active print',
  },
  'address-listed': {
    en: 'the address of this box is cut or has a notice',
    es: 'la dirección de este equipo está cortada o tiene un aviso',
    mends: '/ip firewall address-list print',
  },
  unreachable: {
    en: 'this box does not reach the port of the proxy',
    es: 'este equipo no llega al puerto del proxy',
    mends: '/ip firewall filter print where chain=input',
  },
  late: {
    en: 'the router, or other work on it, left no time for it',
    es: 'el router, u otro trabajo en él, no dejó tiempo para hacerla',
    mends: 'wisp-edge doctor <router> --self-test',
  },
};
