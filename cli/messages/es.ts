import { inSpanish } from '../../schemas/told-es.ts';
import { ADOPT_ES } from './adopt-messages.ts';
import { counted } from './counted.ts';
import { DESK_ES } from './desk-messages.ts';
import { ERRORS_ES } from './errors-es.ts';
import { HELD_ES } from './held-es.ts';
import type { Messages } from './messages.ts';
import { PHONES_ES } from './phones-es.ts';
import { PORTAL_ES } from './portal-es.ts';
import { SITE_ES } from './site-es.ts';
import { YAML_ES } from './yaml-es.ts';

export const ES: Messages = {
  language: 'es',
  told: inSpanish,
  program: 'Cortes de servicio, avisos en pantalla y teléfonos IP junto a routers MikroTik',
  options: {
    config: 'la configuración (por defecto /etc/wisp-edge/config.yaml, luego ./config.yaml)',
    lang: 'idioma de los mensajes: es | en (por defecto: según LC_ALL o LANG)',
    json: 'imprimir JSON',
    secrets: 'mostrar las URL de las páginas con sus tokens; solo en una terminal',
    selfTest: 'prueba la redirección con filas para la dirección de este mismo equipo y las quita',
    timeout: 'cuánto esperar al agente',
    help: 'mostrar esta ayuda',
    db: 'la base de datos que se lee, donde la configuración no puede decirlo',
    version: 'mostrar la versión',
  },
  verbs: {
    init: 'crear lo que falta: carpeta de datos, base de datos, claves; nunca pregunta ni sobrescribe',
    up: 'ejecutar todo en un proceso, en primer plano',
    agent: 'ejecutar solo el agente',
    provisioner: 'ejecutar solo el provisioner (teléfonos IP)',
    control: 'ejecutar solo control (la API)',
    check: 'revisar la configuración, sus secretos y la base de datos',
    plan: 'mostrar los comandos que apply enviaría, tal como usted los escribiría',
    apply: 'llevar ahora los routers al estado deseado, y esperarlo',
    doctor: 'revisa los routers: qué está mal y el comando que lo corrige',
    status: 'mostrar cómo están los routers y los teléfonos',
    version: 'mostrar la versión',
    help: 'mostrar la ayuda de un verbo',
  },
  headings: { 'Usage:': 'Uso:', 'Options:': 'Opciones:', 'Commands:': 'Verbos:', 'Arguments:': 'Argumentos:' },
  help: { options: 'opciones', verb: 'verbo', required: 'obligatoria', choices: 'una de', fallback: 'por defecto' },
  exitCodes:
    'Códigos de salida: 0 hecho, o aceptado para más tarde · 1 falló · 64 mal uso · 69 inalcanzable · 70 falla interna · 75 retenido u ocupado, reintente · 78 configuración',
  labels: { error: 'error', remedy: 'qué hacer', path: 'en', unnamed: 'una falla inesperada' },
  usage: {
    unknownOption: (text) => `no existe la opción ${text}`,
    unknownVerb: (text) => `no existe el verbo ${text}`,
    missingArgument: (text) => `falta ${text}`,
    excessArgument: (text) => `${text} está de más`,
    invalidValue: (text) => `este valor no es posible: ${text}`,
    wrongChoice: (text, choices) =>
      `este valor no es posible: ${text}${choices === null ? '' : `; son posibles: ${choices}`}`,
    conflictingOptions: (one, other) => `${one} y ${other} no van juntas`,
    noVerb: 'indique un verbo',
    secretsNeedTerminal: '--secrets muestra tokens, por eso solo imprime en una terminal',
    missingSection: (section) => `la configuración no tiene la sección ${section}`,
  },
  expected: (expected) => {
    switch (expected.kind) {
      case 'choice':
        return expected.options.join(' | ');
      case 'number': {
        const noun = expected.isWhole ? 'un número entero' : 'un número';
        const from = expected.min === null ? '' : ` desde ${expected.min}`;
        return `${noun}${from}${expected.max === null ? '' : ` hasta ${expected.max}`}`;
      }
      case 'text':
        return 'un texto';
      case 'boolean':
        return 'true | false';
      case 'list': {
        const { least, most } = expected;
        if (least === null && most === null) return 'una lista: [ … ]';
        const bounds =
          least === null ? `a lo sumo ${most}` : most === null ? `al menos ${least}` : `${least} a ${most}`;
        return `una lista de ${bounds} elementos: [ … ]`;
      }
      case 'section':
        return 'una sección: { … }';
      case 'example':
        return `${expected.example} (un ejemplo)`;
      case 'form':
        return expected.form;
    }
  },
  fault: (fault) => {
    switch (fault.kind) {
      case 'syntax':
        return {
          wrong:
            fault.code === null
              ? `no es YAML ni JSON válido («${fault.detail}»)`
              : `no es YAML ni JSON válido: ${YAML_ES[fault.code]} («${fault.detail}»)`,
          instead: 'Corrija aquí la sangría, las comillas o la clave repetida.',
        };
      case 'too-large':
        return { wrong: `el archivo supera los ${fault.limitBytes} bytes`, instead: 'Indique otro archivo.' };
      case 'unknown-key':
        return {
          wrong: `no existe la clave ${fault.key}`,
          instead:
            fault.nearest === null ? `Posibles aquí: ${fault.known.join(', ')}.` : `¿Quiso escribir ${fault.nearest}?`,
        };
      case 'missing-key':
        return {
          wrong: `falta la clave ${fault.key}`,
          instead: `Escriba ${fault.key}: ${ES.expected(fault.expected)}`,
        };
      case 'wrong-value':
        return { wrong: `${fault.got} no sirve`, instead: `Escriba ${ES.expected(fault.expected)}` };
      case 'duplicate-router':
        return { wrong: `dos routers se llaman ${fault.id}`, instead: 'Dé a cada router un id propio.' };
      case 'duplicate-token':
        return { wrong: `dos tokens se llaman ${fault.name}`, instead: 'Dé a cada token un nombre propio.' };
      case 'duplicate-registrar':
        return {
          wrong: `dos registrars se llaman ${fault.id}`,
          instead: 'Dé a cada registrar un id propio.',
        };
      case 'bad-registrar':
        return fault.key === 'uri'
          ? {
              wrong: `${JSON.stringify(fault.value)} no es un URI SIP al que se pueda enviar`,
              instead: 'Escriba sip:HOST:PUERTO;transport=udp, tcp o tls; o sips:HOST:PUERTO',
            }
          : { wrong: `${JSON.stringify(fault.value)} no es un dominio`, instead: 'Escriba HOST o HOST:PUERTO' };
      case 'tls-without-https':
        return {
          wrong: `hay provisioner.tls, pero ${fault.url} no es https`,
          instead: 'Escriba publicUrl: https://…, o quite tls',
        };
      case 'unknown-bundle':
        return {
          wrong: `no hay ningún conjunto ${fault.name}, y un nombre de host lleva un punto`,
          instead: `${fault.nearest === null ? '' : `¿Quiso decir ${fault.nearest}? `}Conjuntos: ${fault.known.join(', ')}.`,
        };
      case 'duplicate-bundle':
        return {
          wrong: `el conjunto ${fault.name} ya está en ${fault.other}`,
          instead: 'Dé a cada conjunto un nombre propio, o quite uno de los dos archivos.',
        };
      case 'duplicate-list':
        return {
          wrong: `${fault.list} ya es el nombre de agent.lists.${fault.other}`,
          instead: 'Dé a cada address-list un nombre propio.',
        };
      case 'unknown-placeholder':
        return {
          wrong: `nada reemplaza a ${fault.placeholder}`,
          instead: `Aquí se puede: ${fault.known.join(', ')}.`,
        };
      case 'listen-without-tls':
        return {
          wrong: `${fault.host} no es loopback, y falta control.tls`,
          instead: 'Escriba 127.0.0.1, o agregue control.tls: { certificate: ARCHIVO, key: { file: ARCHIVO } }',
        };
      case 'plain-http':
        return {
          wrong: `${fault.url} es HTTP sin cifrar fuera de este equipo`,
          instead: 'Escriba https://…, o agregue plainHttp: allowed',
        };
      case 'central-incomplete':
        return {
          wrong: `kind: ${fault.central} necesita ${fault.key}`,
          instead: fault.key === 'url' ? 'Escriba url: https://… o wss://…' : 'Escriba key: { file: RUTA }',
        };
      case 'bad-cron':
        return {
          wrong: `${JSON.stringify(fault.value)} no es una línea cron`,
          instead: 'Escriba minuto hora día mes día-de-semana, p. ej. "30 3 * * *", o false',
        };
      case 'bad-time-zone':
        return {
          wrong: `este equipo no conoce la zona horaria ${fault.value}`,
          instead: 'Escriba un nombre IANA, p. ej. America/Lima',
        };
      case 'bad-address':
        return { wrong: `${JSON.stringify(fault.value)} no es una dirección`, instead: `Escriba ${fault.form}` };
      case 'url-of-one-phone':
        return {
          wrong: 'esa URL lleva el token de un teléfono, y una red se la diría a todos',
          instead: 'Omita url; para un solo teléfono: wisp-edge phones enrol MAC --dhcp routeros',
        };
      case 'notice-server-missing':
        return {
          wrong: `el router ${fault.router} usa notice-server, y falta agent.notices.server`,
          instead: 'Escriba server: { listen: { host: <IPv4 de este equipo>, port: 8480 } }, o use web-proxy.',
        };
      case 'notice-server-address':
        return {
          wrong: `ningún router puede llevar abonados a ${JSON.stringify(fault.value)}`,
          instead:
            'Escriba en agent.notices.server.address la IPv4 de este equipo que alcanzan los routers y los abonados.',
        };
    }
  },
  init: { made: (what) => `creado: ${what}`, nothingMissing: 'no faltaba nada' },
  check: {
    good: (what) => `bien: ${what}`,
    config: (file) => `la configuración ${file}`,
    secret: (where) => `el secreto de ${where}`,
    file: (where) => `el archivo de ${where}`,
    store: (file) => `la base de datos ${file}`,
    key: (daemon) => `la clave de ${daemon}`,
    storeMissing: 'todavía no hay base de datos',
    allGood: 'todo está bien',
    problems: (count) => `${count} por corregir`,
  },
  plan: {
    router: (router, at, mode) => `${router} (${mode === null ? '' : `modo ${mode}, `}${at})`,
    nothing: 'nada que hacer',
    nothingSent: 'no se envía nada',
    notSent: (mode) => `de lo que escribiría el modo manage, esto no se envía en modo ${mode}:`,
    done: (router) => `${router}: se hizo esto`,
    held: (subject, reason, detail) => `retenido: ${subject}: ${reason} (${inSpanish(detail)})`,
    finding: (severity, detail) => `${severity}: ${detail}`,
    none: (router) => `${router}: el agente todavía no hizo un plan`,
    stored: (router, at) => `${router}: el plan del agente en ejecución, según lo que leyó a las ${at}`,
    notReadSince: (router, at) =>
      at === null
        ? `${router}: todavía no se pudo leer el router`
        : `${router}: desde ${at} no se pudo leer el router, lo que necesita ahora puede ser otra cosa`,
    otherFile: (router) =>
      `${router}: este plan se hizo con otra configuración que la del archivo. El agente toma el archivo al recargarse (SIGHUP), y entonces escribe; para ver antes qué escribirá, recargue con \`mode: observe\` en este router, o detenga el agente y ejecute \`wisp-edge plan\``,
    urls: 'páginas con sus tokens:',
  },
  apply: {
    asked: (router) => `${router}: se le pidió al agente en ejecución`,
    outcome: (router, state, reason) => `${router}: ${state}${reason === null ? '' : ` (${reason})`}`,
    timeout: (router, seconds) => `${router}: sin terminar tras ${seconds} s; el agente sigue`,
    left: (router, steps) => `${router}: ${steps === 1 ? 'queda 1 paso' : `quedan ${steps} pasos`}`,
    done: (router) => `${router}: nada más que hacer`,
  },
  doctor: {
    head: (router, version, at) => `${router}  RouterOS ${version ?? '?'}  (${at})`,
    site: (at) => `el jardín amurallado, como lo alcanza este equipo  (${at})`,
    severities: { error: 'ERROR', warning: 'advertencia', info: 'dato' },
    sum: (errors, warnings, infos) =>
      errors + warnings + infos === 0
        ? 'nada que corregir'
        : `${counted(errors, 'error', 'errores')}, ${counted(warnings, 'advertencia', 'advertencias')}, ${counted(infos, 'dato', 'datos')}`,
  },
  status: {
    broken: (file, at, runs) =>
      `ERROR: ${file}${at === null ? '' : `, tal como se escribió a las ${at},`} está dañado: ${runs !== null ? `el agente en ejecución sigue con la configuración que leyó antes${runs.since === null ? '' : ` (desde ${runs.since})`}, y con esta no volvería a iniciar` : 'ningún daemon puede iniciar con él'}`,
    agentRuns: (runs) => (runs ? 'el agente está en ejecución' : 'el agente no está en ejecución'),
    counts: (subscribers, cut, notices) =>
      `${counted(subscribers, 'abonado', 'abonados')}, ${cut} con corte pedido, ${counted(notices, 'aviso', 'avisos')}`,
    generation: (generation) => (generation === null ? 'todavía sin instantánea' : `generación ${generation}`),
    held: (count) => counted(count, 'operación retenida', 'operaciones retenidas'),
    phones: (runs, phones, registered, rotations) =>
      `el provisioner ${runs ? 'está' : 'no está'} en ejecución: ${counted(phones, 'teléfono', 'teléfonos')}, ${counted(registered, 'registrado', 'registrados')}, ${counted(rotations, 'rotación abierta', 'rotaciones abiertas')}`,
    notServed: (count, mac, line, detail) =>
      `${counted(count, 'teléfono', 'teléfonos')} sin lo que se pidió, p. ej. ${mac}${line === null ? '' : ` línea ${line}`}: ${inSpanish(detail)}`,
    sipNotReady: (detail) => `no se puede enviar SIP${detail === null ? '' : `: ${inSpanish(detail)}`}`,
    legacyTls: (url) =>
      `los teléfonos viejos pueden venir por TLS antiguo a ${url}: lo que bajan ahí no va seguro en el camino`,
    neverSeen: (router) => `${router}: todavía no visto`,
    router: (router, mode, connection, howFar, open) => {
      const words = {
        asDesired: 'como se desea',
        butHeld: 'como se desea, salvo lo retenido',
        butPaid: 'NO como se desea: hay quien pagó y sigue cortado',
        notYet: 'aún no como se desea',
      };
      return `${router} (${mode}): ${connection}, ${words[howFar]}, ${open}`;
    },
    open: (pending, held) =>
      `${counted(pending, 'pendiente', 'pendientes')}, ${counted(held, 'retenido', 'retenidos')}`,
    lastSeen: (at) => (at === null ? 'nunca visto' : `visto por última vez ${at}`),
    notSent: (steps, mode, router) =>
      `${counted(steps, 'paso', 'pasos')} de lo deseado sin escribir, porque el router está en modo ${mode}: wisp-edge plan ${router}`,
    words: { up: 'conectado', down: 'sin conexión', unknown: 'aún sin probar' },
  },
  desk: DESK_ES,
  phones: PHONES_ES,
  site: SITE_ES,
  held: HELD_ES,
  adopt: ADOPT_ES,
  portal: PORTAL_ES,
  denied: (path) => ({
    what: `este usuario no puede usar ${path}`,
    remedy: `Ejecute esto con el usuario al que pertenece (ls -ld ${path}), p. ej. runuser -u wisp-edge -- wisp-edge …, o déselo a este usuario.`,
  }),
  errors: ERRORS_ES,
};
