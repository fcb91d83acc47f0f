import { createRequire } from 'node:module';
import { Watch } from '../../sip/watch.ts';

/** drachtio-srf as these tests need it; its own declarations leave `request` and `proxy` out. */
interface Srf {
  connect(options: object): unknown;
  disconnect(): void;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  request(uri: string, options: object, heard: (error: unknown, request: unknown) => void): unknown;
}

export interface SrfAnswer {
  readonly status: number;
  /** Empty where the server answered by itself. */
  readonly address: string;
}

/** The real client, connected to a double. */
export interface SrfClient {
  /** What was answered; the error, when the server refused; `null` when neither came within `timeoutMs`. */
  ask(uri: string, options: object, timeoutMs?: number): Promise<SrfAnswer | Error | null>;
  /** Resolves once the link was authenticated so many times. */
  connected(times: number): Promise<unknown>;
  /** `failed to authenticate …` */
  refused(): Promise<string>;
  close(): void;
}

export function srfClient(port: number, secret: string): SrfClient {
  const loaded: unknown = createRequire(import.meta.url)('drachtio-srf');
  if (!isClass(loaded)) throw new TypeError('drachtio-srf is no class');
  const srf = new loaded();
  if (!isSrf(srf)) throw new TypeError('drachtio-srf has changed');
  const watch = new Watch();
  const seen = { connects: 0, refusal: null as string | null };
  srf.on('error', () => undefined);
  srf.on('connect', (error) => {
    if (error instanceof Error) seen.refusal = error.message;
    else seen.connects += 1;
    watch.changed();
  });
  srf.connect({ host: '127.0.0.1', port, secret, reconnect: { retryMaxDelay: 200 } });
  return {
    async ask(uri, options, timeoutMs = 3000) {
      let answer: SrfAnswer | Error | null = null;
      srf.request(uri, options, (error, request) => {
        if (error instanceof Error) answer = error;
        else if (isEmitter(request)) {
          request.on('response', (response) => {
            answer = { status: Number(field(response, 'status')), address: String(field(response, 'source_address')) };
            watch.changed();
          });
        }
        watch.changed();
      });
      return watch.until('answer', () => answer, timeoutMs).catch(() => null);
    },
    connected: (times) => watch.until('connection', () => (seen.connects >= times ? true : null), 5000),
    refused: () => watch.until('refusal', () => seen.refusal, 5000),
    close() {
      srf.disconnect();
    },
  };
}

function isClass(value: unknown): value is new () => unknown {
  return typeof value === 'function';
}

function isSrf(value: unknown): value is Srf {
  return ['connect', 'disconnect', 'on', 'request'].every((name) => typeof field(value, name) === 'function');
}

function isEmitter(value: unknown): value is { on(event: string, listener: (value: unknown) => void): void } {
  return typeof field(value, 'on') === 'function';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
