import { inSpanish } from '../../../schemas/told-es.ts';
import { said, text } from './text.ts';

type Hosts = readonly string[];

const arrows = (chain: Hosts): string => chain.join(' → ');
const some = (items: Hosts): string => items.slice(0, 4).join('; ');
const alias = (domain: string, targets: Hosts): string => `${domain}. CNAME ${targets[0] ?? 'portal.wisphub.net'}.`;

/** What is found of the portal's domain in DNS. */
export const PORTAL_TEXTS = {
  'portal-resolvers-silent': text(
    'warning',
    ({ domain, why }: { domain: string; why: Hosts }) =>
      said(
        `no resolver answers for ${domain} (${some(why)}); the known addresses stay`,
        `dig @RESOLVER ${domain} on this box; mend agent.portal.resolvers`,
      ),
    ({ domain, why }) =>
      said(
        `ningún resolver responde por ${domain} (${some(why.map(inSpanish))}); las direcciones conocidas quedan`,
        `dig @RESOLVER ${domain} en este equipo; corrija agent.portal.resolvers`,
      ),
  ),
  'portal-chain-broken': text(
    'error',
    ({ domain, targets, why }: { domain: string; targets: Hosts; why: Hosts }) =>
      said(
        `${domain} leads nowhere: ${some(why)}; the known addresses stay`,
        `At the domain’s DNS provider: ${alias(domain, targets)}`,
      ),
    ({ domain, targets, why }) =>
      said(
        `${domain} no lleva a ninguna parte: ${some(why.map(inSpanish))}; las direcciones conocidas quedan`,
        `En el proveedor DNS del dominio: ${alias(domain, targets)}`,
      ),
  ),
  'portal-chain-outside': text(
    'error',
    ({ chain, resolvers, targets }: { chain: Hosts; resolvers: Hosts; targets: Hosts }) =>
      said(
        `${arrows(chain)} reaches none of ${targets.join(', ')} (seen at ${resolvers.join(', ')})`,
        `At the domain’s DNS provider: ${alias(chain[0] ?? '', targets)} If the new way is right, add ${chain[1] ?? ''} to cnameTargets.`,
      ),
    ({ chain, resolvers, targets }) =>
      said(
        `${arrows(chain)} no pasa por ninguno de ${targets.join(', ')} (visto en ${resolvers.join(', ')})`,
        `En el proveedor DNS del dominio: ${alias(chain[0] ?? '', targets)} Si el nuevo camino es el correcto, agregue ${chain[1] ?? ''} a cnameTargets.`,
      ),
  ),
  'portal-admin-host': text(
    'error',
    ({ domain, host, targets }: { domain: string; host: string; targets: Hosts }) =>
      said(
        `${domain} leads to ${host}, where staff log in: cut subscribers would see that instead of the portal`,
        `At the domain’s DNS provider: ${alias(domain, targets)} If ${host} is the portal, name it in cnameTargets.`,
      ),
    ({ domain, host, targets }) =>
      said(
        `${domain} lleva a ${host}, donde ingresa el personal: los abonados cortados verían eso en vez del portal`,
        `En el proveedor DNS del dominio: ${alias(domain, targets)} Si ${host} es el portal, indíquelo en cnameTargets.`,
      ),
  ),
  'portal-no-alias': text(
    'info',
    ({ domain, targets }: { domain: string; targets: Hosts }) =>
      said(
        `${domain} is no alias: whether it leads to ${targets.join(', ')} cannot be seen in DNS`,
        `${alias(domain, targets)} With a proxy in front (Cloudflare) it has to be so: set cnameTargets: [].`,
      ),
    ({ domain, targets }) =>
      said(
        `${domain} no es un alias: en el DNS no se ve si lleva a ${targets.join(', ')}`,
        `${alias(domain, targets)} Con un proxy delante (Cloudflare) tiene que ser así: ponga cnameTargets: [].`,
      ),
  ),
  'portal-no-ipv4': text(
    'error',
    ({ domain }: { domain: string }) =>
      said(
        `${domain} has IPv6 addresses alone: no subscriber with IPv4 alone reaches it`,
        `dig A ${domain} at each resolver; add the A record at the domain’s DNS provider, or at the target’s.`,
      ),
    ({ domain }) =>
      said(
        `${domain} solo tiene direcciones IPv6: ningún abonado que solo tenga IPv4 llega`,
        `Haga dig A ${domain} en cada resolver; agregue el registro A en el proveedor DNS del dominio, o en el del destino.`,
      ),
  ),
  'portal-resolvers-disagree': text(
    'warning',
    ({ domain, said: answers }: { domain: string; said: Hosts }) =>
      said(
        `the resolvers do not agree about ${domain}: ${some(answers)}`,
        `dig @RESOLVER ${domain} at each; a new record takes up to 5 hours to be everywhere`,
      ),
    ({ domain, said: answers }) =>
      said(
        `los resolvers no coinciden sobre ${domain}: ${some(answers)}`,
        `dig @RESOLVER ${domain} en cada uno; un registro nuevo tarda hasta 5 horas en verse en todas partes`,
      ),
  ),
  'portal-awaited': text(
    'info',
    ({ domain, from, positive, checks }: { domain: string; from: string; positive: number; checks: number }) =>
      said(
        domain === from
          ? `the new targets of ${domain} are not sure yet: ${positive} of ${checks} good checks in a row`
          : `notices still lead to ${from}: ${domain} has ${positive} of ${checks} good checks in a row`,
        'Nothing: notices turn by themselves. If it takes more than 5 hours, look at the other findings.',
      ),
    ({ domain, from, positive, checks }) =>
      said(
        domain === from
          ? `los nuevos destinos de ${domain} aún no son seguros: ${positive} de ${checks} comprobaciones buenas seguidas`
          : `los avisos aún llevan a ${from}: ${domain} tiene ${positive} de ${checks} comprobaciones buenas seguidas`,
        'Nada: los avisos cambian solos. Si tarda más de 5 horas, vea los otros hallazgos.',
      ),
  ),
  'portal-shrunk': text(
    'warning',
    ({ hosts }: { hosts: Hosts }) =>
      said(
        `more addresses of ${hosts.join(', ')} vanished at once than are left: the old ones stay until they come back`,
        `dig each name at each resolver. If the addresses are really gone: wisp-edge portal confirm ${hosts[0] ?? ''}, or POST /v1/portal/confirm`,
      ),
    ({ hosts }) =>
      said(
        `desaparecieron de golpe más direcciones de ${hosts.join(', ')} de las que quedan: las anteriores se conservan hasta que vuelvan`,
        `Haga dig de cada nombre en cada resolver. Si las direcciones ya no existen: wisp-edge portal confirm ${hosts[0] ?? ''}, o POST /v1/portal/confirm`,
      ),
  ),
  'portal-list-full': text(
    'warning',
    ({ hosts, most }: { hosts: Hosts; most: number }) =>
      said(
        `${hosts.join(', ')} has more than ${most} addresses: the ones seen longest ago leave the list before a day is over`,
        'agent.portal.gardenForward: true fills the list from what subscribers really resolve; or ask the provider for a name with fixed addresses.',
      ),
    ({ hosts, most }) =>
      said(
        `${hosts.join(', ')} tiene más de ${most} direcciones: las que hace más tiempo no se ven salen de la lista antes de un día`,
        'agent.portal.gardenForward: true llena la lista con lo que los abonados resuelven de verdad; o pida al proveedor un nombre con direcciones fijas.',
      ),
  ),
  'garden-unreachable': text(
    'warning',
    ({ host, why, hasAnswered }: { host: string; why: string; hasAnswered: boolean }) =>
      hasAnswered
        ? said(`${host} answers this box with a certificate that does not fit: ${why}`, `curl -sv https://${host}/`)
        : said(
            `${host} is not reached from this box: ${why}`,
            `dig ${host} @RESOLVER, with each of agent.portal.resolvers; curl -sv https://${host}/`,
          ),
    ({ host, why, hasAnswered }) =>
      hasAnswered
        ? said(
            `${host} responde a este equipo con un certificado que no sirve: ${inSpanish(why)}`,
            `curl -sv https://${host}/`,
          )
        : said(
            `desde este equipo no se llega a ${host}: ${inSpanish(why)}`,
            `dig ${host} @RESOLVER, con cada uno de agent.portal.resolvers; curl -sv https://${host}/`,
          ),
  ),
  'portal-list-adopted': text(
    'info',
    ({ list, configured, router, rules, rows }: ListSeen & { configured: string; rows: number }) =>
      said(
        `the portal list of this router is ${list} (${rows} rows, ${rules.length} rules look at it): it is used instead of ${configured}`,
        `To write it down: portalList: ${list} at agent.routers, id: ${router}`,
      ),
    ({ list, configured, router, rules, rows }) =>
      said(
        `la lista del portal de este router es ${list} (${rows} filas, ${rules.length} reglas la miran): se usa en vez de ${configured}`,
        `Para dejarlo escrito: portalList: ${list} en agent.routers, id: ${router}`,
      ),
  ),
  'portal-list-other': text(
    'error',
    ({ list, other, router, rules, isKept }: ListSeen & { other: string; isKept: boolean }) =>
      said(
        isKept
          ? `rules ${some(rules)} look at ${other}: wisp-edge keeps the portal there beside ${list}`
          : `rules ${some(rules)} look at ${other}, and wisp-edge keeps ${list}: whom they redirect does not reach the portal`,
        `portalList: ${other} at agent.routers, id: ${router}; or /ip firewall nat print where dst-address-list=${other}, and set dst-address-list=${list} there`,
      ),
    ({ list, other, router, rules, isKept }) =>
      said(
        isKept
          ? `las reglas ${some(rules)} miran ${other}: wisp-edge mantiene el portal también allí, además de ${list}`
          : `las reglas ${some(rules)} miran ${other}, y wisp-edge mantiene ${list}: a quien redirigen no llega al portal`,
        `portalList: ${other} en agent.routers, id: ${router}; o /ip firewall nat print where dst-address-list=${other}, y allí set dst-address-list=${list}`,
      ),
  ),
};

interface ListSeen {
  readonly list: string;
  readonly router: string;
  /** Ids of the rules of others that look at it. */
  readonly rules: Hosts;
}
