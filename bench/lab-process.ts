import { startLabRouter } from '../lab/routeros/router.ts';
import { PLACES } from '../lab/world.ts';
import type { LabReply, LabRequest } from './lab-child.ts';

/**
 * A lab router in a process of its own, so that its work is not counted as ours: 5 ms round trip, 0.3 ms serial service a
 * write, 0.18 ms a row of a printed table. Driven over the parent's IPC channel.
 */
const router = await startLabRouter({
  version: '7.24',
  preset: 'home',
  costs: { oneWayMs: 2.5, writeMs: 0.3, readMs: 0.3, printRowMs: 0.18 },
});
const span = { first: 0, last: 0, writes: 0 };
const WRITE = /\/(add|set|remove|move|enable|disable|unset)$/;
router.onCommand((request) => {
  if (!WRITE.test(request.path)) return;
  const now = performance.timeOrigin + performance.now();
  if (span.writes === 0) span.first = now;
  span.last = now;
  span.writes += 1;
});

process.on('message', (request: LabRequest) => {
  process.send?.(answer(request));
});
process.on('disconnect', () => {
  void router.close().then(() => process.exit());
});
process.send?.({ id: 0, port: router.port } satisfies LabReply);

function answer(request: LabRequest): LabReply {
  switch (request.do) {
    case 'reset':
      Object.assign(span, { first: 0, last: 0, writes: 0 });
      return { id: request.id };
    case 'span':
      return { id: request.id, span: { ...span } };
    case 'clear':
      for (const menu of ['/ip/firewall/address-list', '/ip/proxy/access']) {
        const table = router.table(menu);
        table.remove(...table.rows().flatMap((row) => row['.id'] ?? []));
      }
      return { id: request.id };
    case 'drift': {
      for (const menu of ['/ip/firewall/address-list', '/ip/proxy/access']) {
        const table = router.table(menu);
        const ours = table.rows().filter((row) => row['comment']?.startsWith('wisp-edge:cutoff:') === true);
        const every = Math.floor(ours.length / request.rows);
        table.remove(
          ...ours
            .filter((_, at) => at % every === 0)
            .slice(0, request.rows)
            .flatMap((row) => row['.id'] ?? []),
        );
      }
      return { id: request.id };
    }
    case 'portal':
      router.table('/ip/firewall/address-list').add({ list: 'server_wisphub', address: PLACES.portal });
      return { id: request.id };
  }
}
