import { inSpanish } from '../../../schemas/told-es.ts';
import { fixed, said, text } from './text.ts';

/** What is found of the walled garden in a router's own DNS (agent.portal.gardenForward). */
export const GARDEN_TEXTS = {
  'garden-forward-unavailable': text(
    'warning',
    ({ version, router }: { version: string; router: string }) =>
      said(
        `RouterOS ${version} of ${router} fills no list from its DNS: here the walled garden is what this box resolves, nothing below a wildcard`,
        'RouterOS 7.5 or later: /system/package/update/install. Or agent.portal.gardenForward: false',
      ),
    ({ version, router }) =>
      said(
        `RouterOS ${version} de ${router} no llena listas desde su DNS: aquí el jardín amurallado es lo que resuelve este equipo, nada de lo que hay bajo un comodín`,
        'RouterOS 7.5 o posterior: /system/package/update/install. O agent.portal.gardenForward: false',
      ),
  ),
  'garden-forward-taken': text(
    'warning',
    ({ name, id, type, list }: { name: string; id: string; type: string; list: string }) =>
      said(
        `row ${id} (${type}) of /ip dns static answers for ${name} and is not ours: what subscribers resolve below ${name} does not come into ${list}`,
        type === 'FWD'
          ? `/ip dns static set ${id} match-subdomain=yes address-list=${list}; or remove ${id}`
          : `/ip dns static remove ${id}; wisp-edge then puts its own row there`,
      ),
    ({ name, id, type, list }) =>
      said(
        `la fila ${id} (${type}) de /ip dns static responde por ${name} y no es nuestra: lo que los abonados resuelven bajo ${name} no entra en ${list}`,
        type === 'FWD'
          ? `/ip dns static set ${id} match-subdomain=yes address-list=${list}; o remove ${id}`
          : `/ip dns static remove ${id}; entonces wisp-edge pone allí su propia fila`,
      ),
  ),
  'garden-forward-refused': text(
    'warning',
    ({ why }: { why: string }) =>
      said(
        `the router takes no row of its DNS: ${why}. It is tried again after an hour; all else goes on`,
        'agent.portal.gardenForward: true asks the router’s own servers; false leaves its DNS alone',
      ),
    ({ why }) =>
      said(
        `el router no admite filas en su DNS: ${inSpanish(why)}. Se prueba de nuevo en una hora; todo lo demás sigue`,
        'agent.portal.gardenForward: true pregunta a los servidores del router; false no toca su DNS',
      ),
  ),
  'garden-none-reached': text(
    'warning',
    ({ count, host, why }: { count: number; host: string; why: string }) =>
      said(
        `none of the ${count} hosts of the walled garden is reached from this box (${host}: ${why})`,
        `Has this box a way to the internet? dig ${host}; curl -sv https://${host}/`,
      ),
    ({ count, host, why }) =>
      said(
        `desde este equipo no se llega a ninguno de los ${count} hosts del jardín amurallado (${host}: ${inSpanish(why)})`,
        `¿Tiene este equipo salida a internet? dig ${host}; curl -sv https://${host}/`,
      ),
  ),
  'garden-dns-closed': fixed(
    'warning',
    said(
      'the router’s DNS answers nobody (allow-remote-requests=no): no subscriber asks it, and its rows fill no list',
      'Shut port 53 to the internet first, then /ip dns set allow-remote-requests=yes and give the router to subscribers as their DNS. Or agent.portal.gardenForward: false',
    ),
    said(
      'el DNS del router no le responde a nadie (allow-remote-requests=no): ningún abonado le pregunta y sus filas no llenan ninguna lista',
      'Primero cierre el puerto 53 hacia internet, luego /ip dns set allow-remote-requests=yes y dé el router como DNS a los abonados. O agent.portal.gardenForward: false',
    ),
  ),
  'garden-dns-brief': fixed(
    'info',
    said(
      'what the router’s DNS learns leaves the list with the record’s TTL: browsers go on using an address for longer',
      '/ip dns set address-list-extra-time=30m',
    ),
    said(
      'lo que aprende el DNS del router sale de la lista con el TTL del registro: los navegadores usan una dirección por más tiempo',
      '/ip dns set address-list-extra-time=30m',
    ),
  ),
};
