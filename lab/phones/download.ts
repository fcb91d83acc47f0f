import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface Downloaded {
  readonly status: number;
  readonly body: Buffer;
  readonly contentEncoding: string | null;
}

const PATIENCE_MS = 10_000;

/** One GET as an embedded client makes it: a connection of its own, no redirects followed. Rejects when nobody answers. */
export function download(url: string, userAgent: string, ca: string | null): Promise<Downloaded> {
  const target = new URL(url);
  const options = {
    headers: { 'user-agent': userAgent, connection: 'close' },
    agent: false,
    timeout: PATIENCE_MS,
  } as const;
  return new Promise((resolve, reject) => {
    const request =
      target.protocol === 'https:'
        ? httpsRequest(target, { ...options, ...(ca === null ? {} : { ca }) })
        : httpRequest(target, options);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const contentEncoding = response.headers['content-encoding'] ?? null;
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks), contentEncoding });
      });
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${PATIENCE_MS} ms`)));
    request.on('error', reject);
    request.end();
  });
}
