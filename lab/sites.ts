import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { Internet } from './internet.ts';
import type { Certificate } from './routeros/certificate.ts';

/** One HTTP request that reached a site. */
interface SiteRequest {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** Source address as the site sees it. */
  readonly source: string;
  readonly forwardedFor: string | null;
}

/** A site that remembers who asked for what. */
export interface Site {
  readonly requests: readonly SiteRequest[];
  /** Takes the site off the net. */
  remove(): void;
}

function noteOf(request: IncomingMessage): SiteRequest {
  const forwarded = request.headers['x-forwarded-for'];
  return {
    method: request.method ?? '',
    host: request.headers.host ?? '',
    path: request.url ?? '',
    source: request.socket.remoteAddress ?? '',
    forwardedFor: typeof forwarded === 'string' ? forwarded : null,
  };
}

/** A web site on port 80 that answers 200 with its host name and the path asked for. */
export function webSite(internet: Internet, addresses: readonly string[]): Site {
  const requests: SiteRequest[] = [];
  const remove = internet.http(addresses, 80, (request, response) => {
    const note = noteOf(request);
    requests.push(note);
    request.resume();
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(`${note.method} ${note.host} ${note.path}\n`);
  });
  return { requests, remove };
}

/** The portal: any method and path is answered 200 on port 80 (and by a plain listener on 443). */
export function portalSite(internet: Internet, addresses: readonly string[], page = 'Aviso'): Site {
  const requests: SiteRequest[] = [];
  const remove = internet.http(addresses, 80, (request, response) => {
    requests.push(noteOf(request));
    request.resume();
    response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store' });
    response.end(`<!doctype html><title>${page}</title><h1>${page}</h1>\n`);
  });
  return { requests, remove };
}

/** A listener that accepts and says its address; stands in for TLS on 443. */
export function greeter(internet: Internet, addresses: readonly string[], port = 443): void {
  for (const address of addresses) internet.tcp(address, port, (stream) => stream.write(`hello from ${address}\n`));
}

/** An HTTPS server at the addresses, port 443; replaces what stood there. */
export function secureSite(
  internet: Internet,
  addresses: readonly string[],
  { keyPem, certificatePem }: Certificate,
  listener: RequestListener,
): void {
  const server = createServer({ key: keyPem, cert: certificatePem }, listener);
  for (const address of addresses) internet.tcp(address, 443, (stream) => server.emit('connection', stream));
}

/** A UDP service that sends everything back. */
export function udpEcho(internet: Internet, address: string, port: number): void {
  internet.udp(address, port, (payload, _caller, reply) => {
    reply(payload);
  });
}

/** What operating systems ask to find captive portals, with the answers they expect (facts §9). */
export const OS_PROBES: readonly {
  readonly host: string;
  readonly path: string;
  readonly status: number;
  readonly body: string;
}[] = [
  { host: 'connectivitycheck.gstatic.com', path: '/generate_204', status: 204, body: '' },
  { host: 'clients3.google.com', path: '/generate_204', status: 204, body: '' },
  {
    host: 'captive.apple.com',
    path: '/hotspot-detect.html',
    status: 200,
    body: '<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n',
  },
  { host: 'www.msftconnecttest.com', path: '/connecttest.txt', status: 200, body: 'Microsoft Connect Test' },
  { host: 'detectportal.firefox.com', path: '/success.txt', status: 200, body: 'success\n' },
];

/** The hosts of `OS_PROBES` at these addresses. */
export function probeHosts(internet: Internet, addresses: readonly string[]): Site {
  const requests: SiteRequest[] = [];
  const remove = internet.http(addresses, 80, (request, response) => {
    const note = noteOf(request);
    requests.push(note);
    const probe = OS_PROBES.find(({ host, path }) => host === note.host && path === note.path);
    response.writeHead(probe?.status ?? 404, { 'content-type': 'text/plain' });
    response.end(probe?.body ?? '');
  });
  return { requests, remove };
}
