import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { AppError, describeError } from '../schemas/app-error.ts';
import { PHONE_BACKLOG } from './phone-listener.ts';

/** Listens for phones. Rejects with `listen-failed`. */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await server.listen({ host, port, backlog: PHONE_BACKLOG, listenTextResolver: () => 'listening for phones' });
  } catch (error) {
    throw new AppError('listen-failed', `cannot listen for phones on ${host}:${port}: ${describeError(error)}`, {
      remedy: 'Set provisioner.listen to an address of this box and a free port.',
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
