import { fixed, said, text } from './text.ts';

/** The router itself: version, services, disk, clock, DNS. */
export const SYSTEM_TEXTS = {
  'not-seen': text(
    'warning',
    ({ what, why }: { what: string; why: string }) => said(`${what} could not be seen: ${why}`),
    ({ what, why }) => said(`no se pudo ver ${what}: ${why}`),
  ),
  'version-old': text(
    'warning',
    ({ version }: { version: string }) =>
      said(
        `RouterOS ${version} is older than what wisp-edge was tried on (6.49, 7.9 and newer)`,
        '/system package update check-for-updates; /system package update install',
      ),
    ({ version }) =>
      said(
        `RouterOS ${version} es anterior a lo que wisp-edge ha probado (6.49, 7.9 y posteriores)`,
        '/system package update check-for-updates; /system package update install',
      ),
  ),
  'device-mode-basic': text(
    'info',
    ({ mode }: { mode: string }) =>
      said(
        `device-mode is ${mode}: after a reset to it the web proxy is barred again`,
        '/system device-mode update mode=advanced (then press the button or cut the power within 5 minutes)',
      ),
    ({ mode }) =>
      said(
        `device-mode es ${mode}: tras volver a él, el web proxy queda impedido otra vez`,
        '/system device-mode update mode=advanced (luego pulse el botón o corte la energía antes de 5 minutos)',
      ),
  ),
  'service-open': text(
    'warning',
    ({ service }: { service: string }) =>
      said(
        `/ip service ${service} takes connections from anywhere`,
        `/ip service set ${service} address=<this box>/32,<your management network>`,
      ),
    ({ service }) =>
      said(
        `/ip service ${service} acepta conexiones de cualquier lado`,
        `/ip service set ${service} address=<este equipo>/32,<su red de gestión>`,
      ),
  ),
  'service-plain-api': fixed(
    'warning',
    said(
      'the plain API (8728) is on though wisp-edge uses TLS: whoever uses it sends passwords in clear. Look first who does (/user active print where via=api): your billing platform may, and stops working without it',
      '/ip service disable api',
    ),
    said(
      'la API sin cifrar (8728) está activa aunque wisp-edge usa TLS: quien la use envía contraseñas en claro. Mire antes quién la usa (/user active print where via=api): puede ser su plataforma de facturación, que sin ella deja de funcionar',
      '/ip service disable api',
    ),
  ),
  'service-sessions': text(
    'warning',
    ({ service, most, open }: { service: string; most: number; open: number }) =>
      said(
        `${service} allows ${most} sessions and ${open} are open; wisp-edge needs up to 3`,
        `/ip service set ${service} max-sessions=20`,
      ),
    ({ service, most, open }) =>
      said(
        `${service} permite ${most} sesiones y hay ${open} abiertas; wisp-edge necesita hasta 3`,
        `/ip service set ${service} max-sessions=20`,
      ),
  ),
  'disk-low': text(
    'warning',
    ({ freeKiB }: { freeKiB: number }) =>
      said(
        `${freeKiB} KiB are free on the flash: rows of the address-lists may not be stored`,
        '/file print; /file remove <what is not needed>; /log print (disk logs)',
      ),
    ({ freeKiB }) =>
      said(
        `quedan ${freeKiB} KiB en la flash: las filas de las address-lists pueden no guardarse`,
        '/file print; /file remove <lo que sobra>; /log print (registros en disco)',
      ),
  ),
  'clock-skew': text(
    'warning',
    ({ seconds, clock }: { seconds: number; clock: string }) =>
      said(
        `the router’s clock (${clock}) is ${seconds} s off this box’s`,
        '/system ntp client set enabled=yes; /system clock print; on this box: timedatectl',
      ),
    ({ seconds, clock }) =>
      said(
        `el reloj del router (${clock}) difiere ${seconds} s del de este equipo`,
        '/system ntp client set enabled=yes; /system clock print; en este equipo: timedatectl',
      ),
  ),
  'ntp-off': text(
    'warning',
    ({ isOld }: { isOld: boolean }) => said('the NTP client is off: the clock is lost with the power', ntpOn(isOld)),
    ({ isOld }) => said('el cliente NTP está apagado: la hora se pierde con la energía', ntpOn(isOld)),
  ),
  'dns-none': fixed(
    'warning',
    said(
      'the router has no DNS server: names in its lists and the proxy do not resolve',
      '/ip dns set servers=<your resolvers>',
    ),
    said(
      'el router no tiene servidor DNS: los nombres de sus listas y el proxy no se resuelven',
      '/ip dns set servers=<sus resolvers>',
    ),
  ),
  'dns-open': text(
    'error',
    ({ before }: { before: string | null }) =>
      said('the router’s DNS answers the WAN side: it can be used to attack others', closeDns(before)),
    ({ before }) => said('el DNS del router responde hacia la WAN: puede usarse para atacar a otros', closeDns(before)),
  ),
};

function ntpOn(isOld: boolean): string {
  return isOld
    ? '/system ntp client set enabled=yes primary-ntp=<your NTP server>'
    : '/system ntp client set enabled=yes servers=<your NTP server>';
}

function closeDns(before: string | null): string {
  const place = before === null ? '' : ` place-before=${before}`;
  return `/ip firewall filter add chain=input protocol=udp dst-port=53 in-interface=<WAN> action=drop${place}`;
}
