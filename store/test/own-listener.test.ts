import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { takesConnections } from '../own-listener.ts';

test('a server takes connections while it listens, and not when it has stopped', async () => {
  const server = createServer((socket) => socket.destroy());
  expect(await takesConnections(server)).toBe(false);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  expect(await takesConnections(server)).toBe(true);
  server.maxConnections = 0;
  expect(await takesConnections(server)).toBe(true);
  server.close();
  await once(server, 'close');
  expect(await takesConnections(server)).toBe(false);
});
