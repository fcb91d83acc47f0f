import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { get, type RequestOptions } from 'node:https';

export interface TlsAnswer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A GET over a TLS connection of its own; rejects when the handshake fails. */
export async function overTls(
  to: RequestOptions & { readonly port: number },
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<TlsAnswer> {
  const asked = get({ host: '127.0.0.1', agent: false, ...to, path, headers });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') };
}
