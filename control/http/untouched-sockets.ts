import type { IncomingMessage, Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Duplex } from 'node:stream';

/**
 * Connections that have not sent a request yet. Node counts them as busy until their headers time out, so a client's spare
 * connection would hold up a server that closes. Gives a function that ends them.
 */
export function trackUntouched(server: Server): () => void {
  const untouched = new Set<Duplex>();
  server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Duplex) => {
    untouched.add(socket);
    socket.once('close', () => untouched.delete(socket));
  });
  server.on('request', (request: IncomingMessage) => untouched.delete(request.socket));
  return () => {
    for (const socket of untouched) socket.destroy();
  };
}
