import { isIP } from 'node:net';
import { AppError } from '../../../schemas/app-error.ts';

export interface ServerAddress {
  /** As the config wrote it; a `Resolution` bears this name. */
  readonly text: string;
  readonly host: string;
  readonly port: number;
  readonly family: 4 | 6;
}

const DNS_PORT = 53;

/** `ip`, `ip:port`, `v6` or `[v6]:port`. Throws `config-invalid`: a resolver by name would need a resolver. */
export function parseServerAddress(text: string): ServerAddress {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text);
  const plain = /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  const [, host = text, portText] = bracketed ?? plain ?? [];
  const family = isIP(host);
  const port = portText === undefined ? DNS_PORT : Number(portText);
  if ((family !== 4 && family !== 6) || port < 1 || port > 65_535 || (bracketed !== null && family !== 6)) {
    throw new AppError('config-invalid', `"${text}" is no resolver address`, {
      remedy: 'Write it as 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:53.',
      retryable: false,
    });
  }
  return { text, host, port, family };
}
