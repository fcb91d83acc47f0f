import { said, text } from './text.ts';

/** Asks the portal's name of this one address of it; curl takes an IPv6 address in brackets only. */
function curl(address: string, port: number, domain: string | null): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return `curl -sv --connect-to ::${host}:${port} https://${domain ?? '<portal>'}/`;
}

/** What lies around the router: resolvers, portal, and who else writes to it. */
export const SITE_TEXTS = {
  'resolver-silent': text(
    'warning',
    ({ resolver, domain, why }: { resolver: string; domain: string; why: string }) =>
      said(`resolver ${resolver} gives no address of ${domain}: ${why}`, `dig @${resolver} ${domain}`),
    ({ resolver, domain, why }) =>
      said(`el resolver ${resolver} no da ninguna dirección de ${domain}: ${why}`, `dig @${resolver} ${domain}`),
  ),
  'portal-unreachable': text(
    'error',
    ({ address, port, why, domain }: { address: string; port: number; why: string; domain: string | null }) =>
      said(`the portal does not answer this box on ${address} port ${port}: ${why}`, curl(address, port, domain)),
    ({ address, port, why, domain }) =>
      said(`el portal no le responde a este equipo en ${address} puerto ${port}: ${why}`, curl(address, port, domain)),
  ),
  'portal-http-closed': text(
    'info',
    ({ address, why }: { address: string; why: string }) =>
      said(
        `the portal does not answer on ${address} port 80: ${why}. Only https pages can be shown`,
        'Open port 80 at the portal and lead it to https there.',
      ),
    ({ address, why }) =>
      said(
        `el portal no responde en ${address} puerto 80: ${why}. Solo se pueden mostrar páginas https`,
        'Abra el puerto 80 en el portal y llévelo allí a https.',
      ),
  ),
  'portal-certificate': text(
    'error',
    ({ address, domain, why }: { address: string; domain: string; why: string }) =>
      said(
        `the certificate of ${domain} on ${address} is not good: ${why}. Browsers will warn instead of showing the notice`,
        `At the portal: have a certificate issued for ${domain}.`,
      ),
    ({ address, domain, why }) =>
      said(
        `el certificado de ${domain} en ${address} no sirve: ${why}. Los navegadores advertirán en vez de mostrar el aviso`,
        `En el portal: haga emitir un certificado para ${domain}.`,
      ),
  ),
  'wisphub-writes': text(
    'warning',
    ({ user, at }: { user: string; at: string }) =>
      said(
        `user ${user} logged in at ${at}: WispHub still writes to this router`,
        `In WispHub’s panel, Routers → this router: switch off cutting and notices. Then /user disable ${user}`,
      ),
    ({ user, at }) =>
      said(
        `el usuario ${user} inició sesión a las ${at}: WispHub sigue escribiendo en este router`,
        `En el panel de WispHub, Routers → este router: desactive cortes y avisos. Luego /user disable ${user}`,
      ),
  ),
  'wisphub-rules': text(
    'warning',
    ({ ids, off, isReplaced }: { ids: readonly string[]; off: readonly string[]; isReplaced: boolean }) =>
      said(
        `${ids.length} redirects of WispHub are on in NAT (${ids.slice(0, 5).join(', ')}): they redirect all TCP and UDP of the cut, port 443 too`,
        isReplaced
          ? `/ip firewall nat disable ${off.join(',')}`
          : 'Leave them on for now: they are what cuts, and without them every debtor is online. They can go once this router is in mode manage, our jumps stand, and our cuts are in the lists these rules name.',
      ),
    ({ ids, off, isReplaced }) =>
      said(
        `${ids.length} redirecciones NAT de WispHub están activas (${ids.slice(0, 5).join(', ')}): redirigen todo el TCP y UDP de los cortados, también el puerto 443`,
        isReplaced
          ? `/ip firewall nat disable ${off.join(',')}`
          : 'Por ahora déjelas activas: son las que cortan, y sin ellas todos los deudores quedan en línea. Pueden quitarse cuando este router esté en modo manage, nuestros saltos estén puestos y nuestros cortes estén en las listas que nombran estas reglas.',
      ),
  ),
  'unmarked-rows': text(
    'warning',
    ({ count, lists, newest }: { count: number; lists: readonly string[]; newest: string | null }) =>
      said(
        `${count} rows of ${lists.join(', ')} are not ours${newest === null ? '' : `, the newest of ${newest}`}`,
        `/ip firewall address-list print where list=${lists[0] ?? ''} and !(comment~"^wisp-edge:")`,
      ),
    ({ count, lists, newest }) =>
      said(
        `${count} filas de ${lists.join(', ')} no son nuestras${newest === null ? '' : `, la más nueva es de ${newest}`}`,
        `/ip firewall address-list print where list=${lists[0] ?? ''} and !(comment~"^wisp-edge:")`,
      ),
  ),
  'backend-advice': text(
    'info',
    ({ why, notices }: { why: 'device-mode' | 'many'; notices: number }) =>
      said(
        why === 'device-mode'
          ? 'the notice-server back-end fits this router: device-mode bars its web proxy'
          : `the notice-server back-end fits this router: ${notices} pages at once are many for its web proxy`,
        'agent.notices.backend: notice-server',
      ),
    ({ why, notices }) =>
      said(
        why === 'device-mode'
          ? 'a este router le conviene notice-server: device-mode impide su web proxy'
          : `a este router le conviene notice-server: ${notices} páginas a la vez son muchas para su web proxy`,
        'agent.notices.backend: notice-server',
      ),
  ),
};
