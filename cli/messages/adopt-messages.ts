import type { AdoptStep, WisphubPart } from '../../schemas/adoption.ts';

/** What `wisp-edge adopt` says. */
export interface AdoptMessages {
  readonly verb: string;
  readonly options: Readonly<Record<'step' | 'handBack' | 'yes', string>>;
  readonly columns: Readonly<Record<'part' | 'menu' | 'rows' | 'disabled', string>>;
  readonly parts: Readonly<Record<WisphubPart, string>>;
  readonly head: (router: string, at: string, step: AdoptStep | 'observe', isDone: boolean, mode: string) => string;
  readonly nothing: (router: string) => string;
  readonly notLooked: (router: string) => string;
  readonly policy: (text: string) => string;
  /** Above the commands of a step. */
  readonly step: Readonly<Record<AdoptStep, string>>;
  readonly claimWrites: string;
  readonly was: (values: string) => string;
  readonly more: (count: number) => string;
  readonly next: Readonly<Record<AdoptStep | 'observe', (router: string) => string>>;
  /** In place of it where a settled `manage` was undone at the router. */
  readonly undone: (router: string) => string;
  readonly ask: (step: AdoptStep) => string;
  readonly left: string;
  readonly needsYes: string;
}

export const ADOPT_EN: AdoptMessages = {
  verb: 'take a router over from WispHub in shown steps, or hand it back as it was',
  options: {
    step: 'take this step: claim allows it and writes nothing, manage does it',
    handBack: 'give the router back to WispHub as it was',
    yes: 'do not ask',
  },
  columns: { part: 'of WispHub’s', menu: 'menu', rows: 'rows', disabled: 'off' },
  parts: {
    'portal-list': 'portal list',
    'cutoff-list': 'cut-off list',
    'notice-list': 'notice list',
    shield: 'guard of the proxy’s port',
    'portal-accept': 'accept of the portal',
    'cutoff-redirect': 'redirect of the cut',
    'notice-redirect': 'redirect of reminders',
    'cutoff-page': 'pages of the cut',
    'notice-page': 'pages of reminders',
  },
  head: (router, at, step, isDone, mode) =>
    `${router}: step ${step}${step === 'observe' || isDone ? '' : ' (under way)'}, mode ${mode}, as read at ${at}`,
  nothing: (router) => `nothing of WispHub’s is on ${router}`,
  notLooked: (router) => `the agent has not looked at ${router} yet: wisp-edge routers ${router}`,
  policy: (text) => `policy: ${text}`,
  step: {
    claim: 'claim:',
    manage: 'manage: ours first, read back, then what is WispHub’s:',
    'hand-back': 'hand-back: what was WispHub’s first, read back, then ours off:',
  },
  claimWrites: 'writes nothing; from then on rows that are not ours may be changed as shown',
  was: (values) => `not ours; was ${values}`,
  more: (count) => `… and ${count} more`,
  next: {
    observe: (router) => `next: wisp-edge adopt ${router} --step claim`,
    claim: (router) => `next: wisp-edge adopt ${router} --step manage`,
    manage: (router) => `back: wisp-edge adopt ${router} --hand-back`,
    'hand-back': (router) => `again: wisp-edge adopt ${router} --step claim`,
  },
  undone: (router) =>
    `the take-over was undone at the router: rows of WispHub’s are on there again. Repeat it: wisp-edge adopt ${router} --step manage; or give the router back: wisp-edge adopt ${router} --hand-back`,
  ask: (step) => `Do it (${step})? [y/N] `,
  left: 'nothing was done',
  needsYes: 'nobody can be asked here: look at the steps above, then call it again with --yes',
};

export const ADOPT_ES: AdoptMessages = {
  verb: 'tomar de WispHub un router en pasos que se muestran, o devolverlo como estaba',
  options: {
    step: 'dar este paso: claim lo permite y no escribe nada, manage lo hace',
    handBack: 'devolver el router a WispHub como estaba',
    yes: 'no preguntar',
  },
  columns: { part: 'de WispHub', menu: 'menú', rows: 'filas', disabled: 'apagadas' },
  parts: {
    'portal-list': 'lista del portal',
    'cutoff-list': 'lista de corte',
    'notice-list': 'lista de avisos',
    shield: 'guarda del puerto del proxy',
    'portal-accept': 'accept del portal',
    'cutoff-redirect': 'redirección de los cortados',
    'notice-redirect': 'redirección de los avisos',
    'cutoff-page': 'páginas de corte',
    'notice-page': 'páginas de aviso',
  },
  head: (router, at, step, isDone, mode) =>
    `${router}: paso ${step}${step === 'observe' || isDone ? '' : ' (en curso)'}, modo ${mode}, leído ${at}`,
  nothing: (router) => `en ${router} no hay nada de WispHub`,
  notLooked: (router) => `el agente todavía no miró ${router}: wisp-edge routers ${router}`,
  policy: (text) => `política: ${text}`,
  step: {
    claim: 'claim:',
    manage: 'manage: primero lo nuestro, leído de vuelta, luego lo de WispHub:',
    'hand-back': 'hand-back: primero lo que era de WispHub, leído de vuelta, luego se quita lo nuestro:',
  },
  claimWrites: 'no escribe nada; desde entonces pueden cambiarse, como se muestra, filas que no son nuestras',
  was: (values) => `ajena; era ${values}`,
  more: (count) => `… y ${count} más`,
  next: {
    observe: (router) => `sigue: wisp-edge adopt ${router} --step claim`,
    claim: (router) => `sigue: wisp-edge adopt ${router} --step manage`,
    manage: (router) => `vuelta: wisp-edge adopt ${router} --hand-back`,
    'hand-back': (router) => `otra vez: wisp-edge adopt ${router} --step claim`,
  },
  undone: (router) =>
    `la toma se deshizo en el router: allí hay otra vez filas de WispHub encendidas. Repítala: wisp-edge adopt ${router} --step manage; o devuelva el router: wisp-edge adopt ${router} --hand-back`,
  ask: (step) => `¿Hacerlo (${step})? [s/N] `,
  left: 'no se hizo nada',
  needsYes: 'aquí no se puede preguntar: mire los pasos de arriba y llámelo otra vez con --yes',
};
