import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { duplexPair, type Duplex } from 'node:stream';
import { join, type Internet } from '../../internet.ts';
import { parseIp } from '../address.ts';
import type { ResolveName } from '../names.ts';
import { tableOf, type RouterState } from '../state.ts';
import { AccessRules, type AccessDecision } from './access-rules.ts';
import { ipOf } from './packet.ts';

/** A client's connection to the proxy. */
export interface ProxyClient {
  readonly source: string;
  readonly localPort: number;
}

/** What the proxy did with a request, for tests. */
export interface ProxyLogEntry {
  readonly source: string;
  readonly method: string;
  readonly url: string;
  readonly kind: AccessDecision['kind'];
  readonly rowId: string | null;
}

/** `/ip/proxy`: an HTTP proxy, transparent or asked, inside the router. */
export class WebProxy {
  readonly rules: AccessRules;
  readonly log: ProxyLogEntry[] = [];
  readonly #state: RouterState;
  readonly #internet: Internet;
  readonly #resolve: ResolveName;
  readonly #wanAddress: () => string;
  readonly #server: Server;
  readonly #clients = new Map<Duplex, ProxyClient>();
  readonly #waiting: (() => void)[] = [];

  constructor(state: RouterState, internet: Internet, resolve: ResolveName, wanAddress: () => string) {
    this.#state = state;
    this.#internet = internet;
    this.#resolve = resolve;
    this.#wanAddress = wanAddress;
    this.rules = new AccessRules(tableOf(state, '/ip/proxy/access'), () => state.addsHttp);
    this.#server = createServer((request, response) => {
      void this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.on('connect', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      void this.#tunnel(request, stream, head).catch(() => stream.destroy());
    });
  }

  get clients(): number {
    return this.#clients.size;
  }

  /** True when the proxy runs and listens on the port: enabled, and device-mode lets it. */
  listensOn(port: number): boolean {
    const settings = this.#settings();
    if (settings['enabled'] !== 'true') return false;
    if (this.#state.dialect.major === 7 && !this.#state.deviceMode.isProxyAllowed) return false;
    return (settings['port'] ?? '').split(/[\s,]+/).includes(String(port));
  }

  /**
   * A new client. Over `max-client-connections` RouterOS 6 refuses (null), RouterOS 7 lets it wait: the old manual and
   * the new one differ so.
   */
  connect(client: ProxyClient): Duplex | null {
    const [near, far] = duplexPair();
    for (const end of [near, far]) end.on('error', () => undefined);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    const enter = (): void => {
      this.#clients.set(far, client);
      far.on('close', () => {
        this.#clients.delete(far);
        this.#waiting.shift()?.();
      });
      this.#server.emit('connection', far);
    };
    const most = Number(this.#settings()['max-client-connections'] ?? 600);
    if (this.#clients.size < most) enter();
    else if (this.#state.dialect.major === 6) return null;
    else this.#waiting.push(enter);
    return near;
  }

  close(): void {
    for (const stream of this.#clients.keys()) stream.destroy();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = requestUrl(request);
    if (url === null) {
      response.writeHead(400).end();
      return;
    }
    const decision = await this.#decide(request, url);
    if (decision.kind === 'redirect') {
      request.resume();
      response.writeHead(decision.status, { location: decision.location, 'content-length': '0' }).end();
    } else if (decision.kind === 'deny') {
      request.resume();
      response.writeHead(403, { 'content-type': 'text/html' }).end(ERROR_PAGE);
    } else await this.#forward(request, response, url, decision.kind === 'append' ? decision.text : '');
  }

  async #decide(request: IncomingMessage, url: ProxyUrl): Promise<AccessDecision> {
    const client = this.#clients.get(request.socket) ?? { source: '0.0.0.0', localPort: 0 };
    const address = this.rules.needsDestination ? await this.#lookUp(url.host) : null;
    const method = request.method ?? 'GET';
    const decision = this.rules.decide({
      source: ipOf(client.source),
      method,
      host: url.host,
      port: url.port,
      path: url.path,
      localPort: client.localPort,
      destination: address === null ? null : ipOf(address),
    });
    const { row, kind } = decision;
    if (row !== null) tableOf(this.#state, '/ip/proxy/access').count(row.id, { hits: 1 });
    this.log.push({
      source: client.source,
      method,
      url: `${url.host}:${url.port}${url.path ?? ''}`,
      kind,
      rowId: row?.id ?? null,
    });
    return decision;
  }

  async #forward(request: IncomingMessage, response: ServerResponse, url: ProxyUrl, suffix: string): Promise<void> {
    const upstream = await this.#dial(url);
    if (upstream === null) {
      request.resume();
      response.writeHead(504, { 'content-type': 'text/html' }).end(ERROR_PAGE);
      return;
    }
    const headers = { ...request.headers, connection: 'close' };
    const client = this.#clients.get(request.socket);
    if (this.#settings()['anonymous'] !== 'true' && client !== undefined) {
      Object.assign(headers, { 'x-forwarded-for': client.source });
    }
    const path = `${url.path ?? '/'}${suffix}`;
    const onward = httpRequest({ createConnection: () => upstream, method: request.method ?? 'GET', path, headers });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => {
      if (response.headersSent) response.destroy();
      else response.writeHead(502, { 'content-type': 'text/html' }).end(ERROR_PAGE);
    });
    request.pipe(onward);
  }

  async #tunnel(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(request.url ?? '') ?? [];
    const url: ProxyUrl = { host: host.replace(/^\[|\]$/g, ''), port: Number(port), path: null };
    const decision = await this.#decide(request, url);
    if (decision.kind !== 'allow') {
      stream.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const upstream = await this.#dial(url);
    if (upstream === null) {
      stream.end('HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    stream.write('HTTP/1.1 200 Connection established\r\n\r\n');
    if (head.length > 0) upstream.write(head);
    join(stream, upstream);
  }

  /** To the virtual internet, from the router's own WAN address (the output chain is not walked). */
  async #dial(url: ProxyUrl): Promise<Duplex | null> {
    const destination = await this.#lookUp(url.host);
    if (destination === null) return null;
    const caller = { source: this.#wanAddress(), sourcePort: 40_000, destination, destinationPort: url.port };
    const stream = this.#internet.dial(caller);
    return typeof stream === 'string' ? null : stream;
  }

  async #lookUp(host: string): Promise<string | null> {
    if (parseIp(host) !== null) return host;
    const [first] = await this.#resolve(host, 4).catch(() => []);
    return first?.address ?? null;
  }

  #settings(): Readonly<Record<string, string>> {
    return tableOf(this.#state, '/ip/proxy').rows()[0]?.attributes ?? {};
  }
}

interface ProxyUrl {
  readonly host: string;
  readonly port: number;
  readonly path: string | null;
}

/** Absolute form (an asked proxy) or origin form with Host (a transparent one); RFC 9112 §3.2. */
function requestUrl(request: IncomingMessage): ProxyUrl | null {
  const target = request.url ?? '';
  const text = target.startsWith('/') ? `http://${request.headers.host ?? ''}${target}` : target;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'http:') return null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { host, port: Number(url.port || 80), path: `${url.pathname}${url.search}` };
}

const ERROR_PAGE =
  '<!doctype html><title>Error</title><h1>ERROR: Forbidden</h1><p>Generated by the lab (RouterOS web proxy)</p>\n';
