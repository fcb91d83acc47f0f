/**
 * The little of sip.js 0.21.2 that we use, in types of our own: its declarations do not compile under
 * `exactOptionalPropertyTypes`. The package has no exports map, so this deep path is as public as any; this is the only
 * file that knows it. Loaded at the first request, not at start: an installation without phones does not carry it.
 */
const SIP_CORE: string = 'sip.js/lib/core/index.js';

/** sip.js writes it into the message as it is: `toString` for From and To, `toRaw` for the Request-URI. */
export interface Uri {
  clone(): Uri;
  toRaw(): string;
  toString(): string;
}

export interface Logging {
  builtinEnabled: boolean;
}

export interface OutgoingMessage {
  readonly method: string;
  /** The branch of its Via, once its transaction has begun. */
  readonly branch?: string | undefined;
  /** Its bytes. */
  toString(): string;
}

export interface IncomingResponse {
  statusCode: number | undefined;
  reasonPhrase: string | undefined;
  viaBranch: string;
  method: string;
  addHeader(name: string, value: string): void;
}

export interface Transaction {
  readonly message: OutgoingMessage;
  dispose(): void;
}

export interface Transport {
  readonly protocol: string;
  send(message: string): Promise<void>;
}

/** Final answers; a 408 or 503 that sip.js makes up itself comes the same way. */
export interface TransactionDelegate {
  onAccept(answer: { readonly message: IncomingResponse }): void;
  onRedirect(answer: { readonly message: IncomingResponse }): void;
  onReject(answer: { readonly message: IncomingResponse }): void;
}

export interface UserAgentCoreOptions {
  readonly aor: Uri;
  readonly contact: { readonly pubGruu: undefined; readonly tempGruu: undefined; readonly uri: Uri };
  readonly displayName: string;
  readonly loggerFactory: Logging;
  readonly hackViaTcp: boolean;
  readonly routeSet: readonly string[];
  readonly sipjsId: string;
  readonly supportedOptionTags: readonly string[];
  readonly supportedOptionTagsResponse: readonly string[];
  readonly userAgentHeaderFieldValue: string;
  readonly viaForceRport: boolean;
  readonly viaHost: string;
  readonly authenticationFactory: () => undefined;
  readonly transportAccessor: () => Transport;
}

export interface UserAgentCore {
  readonly userAgentClients: Map<string, unknown>;
  makeOutgoingRequestMessage(
    method: string,
    uri: Uri,
    from: Uri,
    to: Uri,
    options: { readonly callId: string; readonly cseq: number; readonly fromTag: string },
    extraHeaders: readonly string[],
  ): OutgoingMessage;
  request(message: OutgoingMessage, delegate: TransactionDelegate): Transaction;
  receiveIncomingResponseFromTransport(message: IncomingResponse): void;
  dispose(): void;
}

export interface SipCore {
  readonly UserAgentCore: new (options: UserAgentCoreOptions) => UserAgentCore;
  readonly IncomingResponseMessage: new () => IncomingResponse;
  readonly LoggerFactory: new () => Logging;
}

/** Loads sip.js's core. Rejects when the package is not the one these types describe. */
export async function loadSipCore(): Promise<SipCore> {
  const loaded: unknown = await import(SIP_CORE);
  if (!isSipCore(loaded)) throw new TypeError(`${SIP_CORE} is not that of sip.js 0.21`);
  return loaded;
}

function isSipCore(loaded: unknown): loaded is SipCore {
  if (typeof loaded !== 'object' || loaded === null) return false;
  const classes: Partial<Record<string, unknown>> = { ...loaded };
  return ['UserAgentCore', 'IncomingResponseMessage', 'LoggerFactory'].every(
    (name) => typeof classes[name] === 'function',
  );
}
