import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { startDrachtioDouble, type DrachtioDouble } from '../../../lab/drachtio/double.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { SipClient } from '../../ports.ts';
import { openWatched } from './watched-client.ts';

const SECRET = 'secret-of-the-double';

/** `DRACHTIO_URL`, as `drachtio://secret@host:port`, or `host:port` with `DRACHTIO_SECRET`; null when it is not set. */
export function drachtioFromEnvironment(): {
  readonly host: string;
  readonly port: number;
  readonly secret: Secret;
} | null {
  const url = process.env['DRACHTIO_URL'];
  if (url === undefined || url === '') return null;
  const [, inUrl, host, port] = /^(?:drachtio:\/\/)?(?:([^@]*)@)?([^:/@]+):(\d+)\/?$/.exec(url) ?? [];
  const secret = inUrl ?? process.env['DRACHTIO_SECRET'];
  if (host === undefined || secret === undefined) {
    throw new Error('DRACHTIO_URL is not drachtio://secret@host:port, nor host:port with DRACHTIO_SECRET');
  }
  return { host, port: Number(port), secret: new Secret(decodeURIComponent(secret)) };
}

/** Resolves once the link is up. */
export async function untilReady(client: SipClient): Promise<void> {
  const until = performance.now() + 10_000;
  while (!client.readiness().isReady) {
    if (performance.now() > until) throw new Error(`drachtio: ${client.readiness().detail ?? 'not ready'}`);
    await wait(5);
  }
}

/** A client of it that the test's end closes; not ready yet. */
export function clientOf({ host, port }: { readonly host: string; readonly port: number }, secret = SECRET): SipClient {
  const client = openWatched({ stack: 'drachtio', host, port, secret: new Secret(secret) });
  onTestFinished(() => client.close());
  return client;
}

export async function startDouble(): Promise<DrachtioDouble> {
  const double = await startDrachtioDouble({ secret: SECRET });
  onTestFinished(() => double.close());
  return double;
}

export async function linked(): Promise<{ readonly double: DrachtioDouble; readonly client: SipClient }> {
  const double = await startDouble();
  const client = clientOf(double);
  await untilReady(client);
  return { double, client };
}
