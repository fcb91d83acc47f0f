import type { Messages } from './messages.ts';

/** Qué significa cada código de error, y qué hacer. */
export const ERRORS_ES: Messages['errors'] = {
  'config-invalid': {
    what: 'la configuración no se puede usar',
    remedy: 'Corrija los lugares indicados; config.example.yaml tiene todas las claves.',
  },
  'config-unreadable': {
    what: 'no se puede leer la configuración',
    remedy:
      'Revise que el archivo nombrado exista y se pueda leer. Para la configuración misma: copie config.example.yaml a ./config.yaml, o indique la suya con --config ARCHIVO.',
  },
  'secret-unreadable': {
    what: 'no se puede leer un secreto',
    remedy:
      'Cree el archivo, la variable o la credencial que indica la configuración, legible para el usuario de wisp-edge.',
  },
  'data-dir-invalid': {
    what: 'no se puede usar la carpeta de datos',
    remedy:
      'Ejecute `wisp-edge init` y revise a quién pertenece la carpeta. Si el archivo es de otro usuario, ejecute esto con ese usuario (runuser -u wisp-edge-control -- wisp-edge …).',
  },
  'store-busy': {
    what: 'otro proceso tiene bloqueada la base de datos',
    remedy: 'Vuelva a intentarlo; si sigue, busque un proceso que la tenga abierta (un respaldo, una consola).',
  },
  'store-corrupt': {
    what: 'la base de datos está dañada',
    remedy: 'Detenga wisp-edge, conserve el archivo y restaure la base desde un respaldo.',
  },
  'store-newer': {
    what: 'la base de datos es de una versión más nueva',
    remedy: 'Instale de nuevo esa versión, o restaure el respaldo hecho antes de actualizar.',
  },
  'seal-broken': {
    what: 'no se puede abrir un secreto sellado',
    remedy: 'Restaure los archivos de claves que corresponden a esta base de datos.',
  },
  'lock-held': { what: 'ya está en ejecución', remedy: 'Detenga primero el otro proceso.' },
  'listen-failed': { what: 'no se puede abrir el puerto', remedy: 'Vea quién lo ocupa (`ss -ltnp`), o elija otro.' },
  'api-unreachable': {
    what: 'no se puede alcanzar la API',
    remedy: 'Inicie `wisp-edge control` y revise control.listen.',
  },
  'api-refused': { what: 'la API lo rechazó', remedy: 'Lea su respuesta más arriba.' },
  'not-found': { what: 'no existe', remedy: 'Revise el nombre.' },
  conflict: { what: 'contradice lo que ya hay', remedy: 'Lea el estado actual y decida.' },
  'generation-mismatch': {
    what: 'la generación está fuera de turno',
    remedy: 'Envíe una instantánea con una generación mayor.',
  },
  'invalid-input': { what: 'la entrada no es válida', remedy: 'Corríjala y vuelva a intentarlo.' },
  'router-unreachable': {
    what: 'no se puede alcanzar el router',
    remedy: 'Revise su dirección, su puerto (/ip/service/print en el router) y el firewall intermedio.',
  },
  'router-login-refused': {
    what: 'el router rechazó el ingreso',
    remedy:
      'Revise el usuario y la contraseña, su address= en /user, y que su grupo tenga las políticas api, read y write. Si se perdió la contraseña, en el router: /user set [find name=USUARIO] password=… – la de su archivo de contraseña.',
  },
  'router-tls': {
    what: 'el certificado del router no es el esperado',
    remedy: 'Si el certificado se renovó a propósito, ponga la nueva huella en tls.pin; si no, hay alguien en medio.',
  },
  'router-timeout': {
    what: 'el router no respondió a tiempo',
    remedy:
      'Compruebe que port y tls coinciden (8728 sin TLS, 8729 con TLS) y la carga del router; suba commandTimeoutSeconds si es lento.',
  },
  'router-closed': { what: 'el router cerró la conexión', remedy: 'Se reintenta solo.' },
  'router-fatal': { what: 'el router terminó la sesión', remedy: 'Lea su mensaje.' },
  'router-protocol': {
    what: 'el router dijo algo que el protocolo no permite',
    remedy: 'Revise que el puerto sea el de la API.',
  },
  'router-trap': { what: 'el router rechazó un comando', remedy: 'Lea su mensaje.' },
  'router-no-such-item': { what: 'la fila ya no está', remedy: 'Se vuelve a leer solo.' },
  'router-duplicate': { what: 'la fila ya existe', remedy: 'Se vuelve a leer solo.' },
  'router-unknown-parameter': {
    what: 'este RouterOS no conoce un argumento',
    remedy: 'Informe la versión de RouterOS.',
  },
  'router-no-such-command': {
    what: 'este RouterOS no tiene ese menú',
    remedy: 'Instale el paquete o actualice RouterOS.',
  },
  'router-not-permitted': {
    what: 'el usuario del router no puede hacer esto',
    remedy: 'Dé a su grupo los permisos read, write, api, test.',
  },
  'router-device-mode': {
    what: 'device-mode lo prohíbe',
    remedy: 'Permítalo con /system/device-mode/update y pulse el botón.',
  },
  'router-flagged': { what: 'el router está marcado (flagged)', remedy: 'Vea /system/device-mode/print en el router.' },
  'router-interrupted': { what: 'el comando fue interrumpido', remedy: 'Se reintenta solo.' },
  'driver-limit': { what: 'el driver no puede hacer esto', remedy: 'Use driver: native para este router.' },
  'dns-timeout': { what: 'un resolver no respondió', remedy: 'Revise agent.portal.resolvers.' },
  'dns-failure': { what: 'no se pudo resolver un nombre', remedy: 'Revise el nombre y agent.portal.resolvers.' },
  'dns-invalid-answer': { what: 'un resolver dio una respuesta inválida', remedy: 'Use otro resolver.' },
  'sip-unavailable': {
    what: 'la pila SIP no puede enviar',
    remedy: '¿Corre drachtio-server? Se reintenta por sí solo.',
  },
  'sip-drachtio-refused': {
    what: 'drachtio-server rechazó el secreto',
    remedy: 'Corrija provisioner.sip.secret y recargue.',
  },
  'sip-protocol': { what: 'algo no es SIP válido', remedy: 'Corrija el campo que nombra el mensaje.' },
  'value-not-carried': {
    what: 'el formato de un teléfono no puede llevar un valor',
    remedy: 'Cambie el valor que nombra el mensaje.',
  },
  aborted: { what: 'fue terminado', remedy: 'Inícielo de nuevo cuando quiera.' },
  internal: { what: 'una falla del propio wisp-edge', remedy: 'Infórmela, con el registro.' },
};
