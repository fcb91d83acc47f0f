import type { RegistrarConfig } from '../../schemas/config/provisioner.ts';

export type SipTransport = 'udp' | 'tcp' | 'tls';

/** A registrar of the configuration, taken apart. */
export interface Registrar {
  readonly id: string;
  /** What phones are given and what AORs are made of. */
  readonly domain: string;
  /** The port phones are given; null: they find it by DNS, or take 5060. */
  readonly domainPort: number | null;
  readonly transport: SipTransport;
  /** Where we send. */
  readonly host: string;
  readonly port: number;
  readonly probeMode: 'query' | 'register' | 'observe' | null;
}

const URI = /^(sips?):(?:[^@]*@)?(\[[0-9a-fA-F:.]+\]|[^:;?\s[\]]+)(?::(\d{1,5}))?((?:;[^;?\s]*)*)$/;
const DOMAIN = /^(\[[0-9a-fA-F:.]+\]|[^:;/\s[\]]+)(?::(\d{1,5}))?$/;

/** Takes a registrar's texts apart (RFC 3261 §19.1); null when `uri` or `domain` is none. */
export function registrarOf(config: RegistrarConfig): Registrar | null {
  const uri = URI.exec(config.uri);
  const domain = DOMAIN.exec(config.domain);
  if (uri === null || domain === null) return null;
  const [, scheme, host = '', port, parameters = ''] = uri;
  const [, name = '', domainPort] = domain;
  const transport = transportOf(scheme === 'sips', parameters);
  if (transport === null) return null;
  const sentPort = port === undefined ? (transport === 'tls' ? 5061 : 5060) : Number(port);
  const ports = [sentPort, ...(domainPort === undefined ? [] : [Number(domainPort)])];
  if (ports.some((one) => one < 1 || one > 65_535)) return null;
  return {
    id: config.id,
    domain: name,
    // A port of the probing URI is that of the same server, if it is the same server.
    domainPort: domainPort !== undefined ? Number(domainPort) : host === name && port !== undefined ? sentPort : null,
    transport,
    host: host.replace(/^\[|\]$/g, ''),
    port: sentPort,
    probeMode: config.probeMode ?? null,
  };
}

function transportOf(isSips: boolean, parameters: string): SipTransport | null {
  const named = /;transport=([^;]*)/i.exec(parameters)?.[1]?.toLowerCase();
  if (isSips) return named === undefined || named === 'tcp' || named === 'tls' ? 'tls' : null;
  if (named === undefined) return 'udp';
  return named === 'udp' || named === 'tcp' || named === 'tls' ? named : null;
}
