import { connect, type Server } from 'node:net';

/**
 * Proves that a listening server takes connections, by making one to it. False when it does not listen or the connection
 * fails. A connection that it drops for being one too many counts: it was taken. Waits for as long as its caller does.
 */
export function takesConnections(server: Server): Promise<boolean> {
  const address = server.address();
  if (!server.listening || typeof address !== 'object' || address === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    // 0.0.0.0 and :: as a destination are this machine itself, on Linux.
    const socket = connect({ host: address.address, port: address.port });
    const settle = (isTaken: boolean): void => {
      server.off('connection', onTaken).off('drop', onTaken);
      socket.destroy();
      resolve(isTaken);
    };
    const onTaken = (): void => {
      settle(true);
    };
    server.once('connection', onTaken).once('drop', onTaken);
    socket.once('error', () => {
      settle(false);
    });
  });
}
