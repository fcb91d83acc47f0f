import { inSpanish } from '../../../schemas/told-es.ts';
import { said, text } from './text.ts';

interface ServerDown {
  /** Where the page server is wanted. */
  readonly place: string;
  readonly detail: string;
  /** What gives the page until then: `web-proxy`, or the place where the page server still listens; null for nothing. */
  readonly kept: string | null;
}

interface NatSeen {
  /** The srcnat rule on the way, or null where only the listener saw that there is one. */
  readonly rule: string | null;
  /** The router's own address as the page server saw it, or null. */
  readonly masked: string | null;
  readonly address: string;
  readonly port: number;
}

interface AddressShared {
  /** The router that the finding is of, and the other one. */
  readonly here: string;
  readonly router: string;
  readonly subscriber: string;
  /** Whom the other router leads to the page server by it; null for a row that is not ours. */
  readonly rival: string | null;
  readonly address: string;
  readonly count: number;
}

/** Let through unchanged, ahead of the rule that rewrites where it is known. */
function exempt({ rule, address, port }: NatSeen): string {
  const before = rule === null ? '' : ` place-before=${rule}`;
  return `/ip firewall nat add chain=srcnat action=accept dst-address=${address} protocol=tcp dst-port=${port}${before}`;
}

/** What is found of a router that leads its subscribers to our own page server. */
export const NOTICE_SERVER_TEXTS = {
  'notice-server-down': text(
    'error',
    ({ place, detail, kept }: ServerDown) =>
      said(
        kept === null
          ? `subscribers are led to ${place}, where our page server does not listen: ${detail}`
          : `our page server does not listen at ${place}: ${detail}; until it does, subscribers ${kept === 'web-proxy' ? 'get their page from the router’s web proxy' : `are led to ${kept}, where it still listens`}`,
        'Free the port, or mend agent.notices.server.listen.',
      ),
    ({ place, detail, kept }) =>
      said(
        kept === null
          ? `los abonados son llevados a ${place}, donde nuestro servidor de avisos no escucha: ${inSpanish(detail)}`
          : `nuestro servidor de avisos no escucha en ${place}: ${inSpanish(detail)}; hasta que lo haga, los abonados ${kept === 'web-proxy' ? 'reciben su página del web proxy del router' : `son llevados a ${kept}, donde todavía escucha`}`,
        'Libere el puerto, o corrija agent.notices.server.listen.',
      ),
  ),
  'listener-source-nat': text(
    'warning',
    (seen: NatSeen) =>
      said(
        seen.masked === null
          ? `srcnat rule ${seen.rule ?? ''} rewrites the source of subscribers on their way to ${seen.address}: the page server cannot know them`
          : `the page server sees ${seen.masked}, the router’s own address, where it should see subscribers`,
        exempt(seen),
      ),
    (seen) =>
      said(
        seen.masked === null
          ? `la regla srcnat ${seen.rule ?? ''} reescribe el origen de los abonados en camino a ${seen.address}: el servidor de avisos no puede reconocerlos`
          : `el servidor de avisos ve ${seen.masked}, la dirección del propio router, donde debería ver abonados`,
        exempt(seen),
      ),
  ),
  'page-address-shared': text(
    'error',
    ({ here, router, subscriber, rival, address, count }: AddressShared) =>
      said(
        `${here} and ${router} lead the same address to our page server: ${address}, of ${subscriber} on ${here} and of ${rival ?? 'a row that is not ours'} on ${router} (${count} in all). Who comes from it may be either, so neither is shown a page, and cuts and notices there are not verified`,
        rival === null
          ? `On ${router}: /ip firewall address-list print where address=${address}; remove the row if nobody needs it.`
          : `Correct the address of ${subscriber} or of ${rival}: wisp-edge subscribers put. Where both routers really use the same network, give one of them agent.routers[].backend: web-proxy.`,
      ),
    ({ here, router, subscriber, rival, address, count }) =>
      said(
        `${here} y ${router} llevan la misma dirección a nuestro servidor de avisos: ${address}, de ${subscriber} en ${here} y de ${rival ?? 'una fila que no es nuestra'} en ${router} (${count} en total). Quien llega desde ella puede ser cualquiera de los dos: a ninguno se le muestra una página, y los cortes y avisos ahí no se verifican`,
        rival === null
          ? `En ${router}: /ip firewall address-list print where address=${address}; elimine la fila si nadie la necesita.`
          : `Corrija la dirección de ${subscriber} o de ${rival}: wisp-edge subscribers put. Si los dos routers usan de verdad la misma red, ponga agent.routers[].backend: web-proxy en uno de ellos.`,
      ),
  ),
  'proxy-left-on': text(
    'info',
    ({ port }: { port: number }) =>
      said(
        `the web proxy still listens on ${port}: it is kept shut to strangers, and may be used by others`,
        '/ip proxy set enabled=no (if nobody else uses it)',
      ),
    ({ port }) =>
      said(
        `el web proxy todavía escucha en ${port}: se lo mantiene cerrado a extraños, y otros pueden estar usándolo`,
        '/ip proxy set enabled=no (si nadie más lo usa)',
      ),
  ),
};
