import { createServer, type AddressInfo } from 'node:net';
import { startLabRouter } from '../lab/routeros/router.ts';

/**
 * Many lab routers in one process of their own, 5 ms away like the single one, and as many places that take a connection
 * and never say a word: what a hung router does, which costs whoever waits for it more than a refusal.
 */
const [live = 0, dead = 0] = process.argv.slice(2).map(Number);
const ports: number[] = [];
for (let number = 0; number < live; number += 1) {
  const router = await startLabRouter({
    identity: `r${number}`,
    version: '7.24',
    preset: 'home',
    costs: { oneWayMs: 2.5, writeMs: 0.3, readMs: 0.3, printRowMs: 0.18 },
  });
  ports.push(router.port);
}
const mute = createServer((socket) => {
  socket.on('error', () => undefined);
  socket.resume();
});
await new Promise<void>((resolve) => {
  mute.listen(0, '127.0.0.1', resolve);
});
const address: AddressInfo | string | null = mute.address();
if (address === null || typeof address === 'string') throw new Error('no port');
for (let number = 0; number < dead; number += 1) ports.push(address.port);
process.on('disconnect', () => {
  process.exit();
});
process.send?.(ports);
