import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Listen } from '../schemas/config/control.ts';
import { AppError, describeError } from '../schemas/app-error.ts';
import { PHONE_BACKLOG } from './phone-listener.ts';

/** Listens for phones at what the key of the configuration names. Rejects with `listen-failed`. */
export async function listen(
  server: FastifyInstance,
  { host, port }: Listen,
  key: 'listen' | 'legacyTls.listen',
): Promise<void> {
  try {
    await server.listen({ host, port, backlog: PHONE_BACKLOG, listenTextResolver: () => 'listening for phones' });
  } catch (error) {
    throw new AppError('listen-failed', `cannot listen for phones on ${host}:${port}: ${describeError(error)}`, {
      remedy: `Set provisioner.${key} to an address of this box and a free port.`,
      retryable: false,
      cause: error,
    });
  }
}

/** Where phones find us, as far as this box knows. */
export function urlOf(address: AddressInfo | string | null, isTls: boolean): string {
  if (address === null || typeof address === 'string') return '';
  const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `${isTls ? 'https' : 'http'}://${host}:${address.port}`;
}
