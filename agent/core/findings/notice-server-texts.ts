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
          ? `los abonados son llevados a ${place}, donde nuestro servidor de avisos no escucha: ${detail}`
          : `nuestro servidor de avisos no escucha en ${place}: ${detail}; hasta que lo haga, los abonados ${kept === 'web-proxy' ? 'reciben su página del web proxy del router' : `son llevados a ${kept}, donde todavía escucha`}`,
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
