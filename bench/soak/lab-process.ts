import { seededRandom } from '../../lab/routeros/random.ts';
import { startLabRouter, type LabRouter } from '../../lab/routeros/router.ts';
import type { LabSample, SoakRequest } from './lab-child.ts';

/** Routers that fail and reboot by chance, in a process of their own, so that their memory is not taken for ours. */
const [seed = 1, count = 4] = process.argv.slice(2).map(Number);
const random = seededRandom(seed);
const VERSIONS = ['6.49', '7.16', '7.24'] as const;
const routers: LabRouter[] = [];
for (let at = 0; at < count; at += 1) {
  const router = await startLabRouter({ version: VERSIONS[at % VERSIONS.length] ?? '7.24', preset: 'home', seed: at });
  routers.push(router);
}
const REBOOT_EVERY_MS = 60_000;
const life = { isCalm: false };

function beWild(): void {
  for (const router of routers) {
    router.faults.random(Math.floor(random() * 1e9), {
      reset: 0.001,
      close: 0.001,
      'half-sentence': 0.0003,
      hang: 0.0003,
      stuck: 0.0003,
      fatal: 0.0005,
      trap: 0.001,
      'unknown-word': 0.005,
      'one-byte-chunks': 0.002,
      'duplicate-reply': 0.001,
      latency: 0.01,
    });
  }
}

beWild();
setInterval(() => {
  const router = routers[Math.floor(random() * routers.length)];
  if (!life.isCalm) router?.reboot(Math.floor(random() * 5000));
}, REBOOT_EVERY_MS).unref();

function sample(): LabSample {
  return {
    sessions: routers.map((router) => router.stats.sessionsOpen),
    rows: routers.map(
      (router) =>
        Object.values(router.snapshot())
          .flat()
          .filter((row) => row['comment']?.startsWith('wisp-edge:') === true).length,
    ),
  };
}

process.on('message', (request: SoakRequest) => {
  if (request.do === 'calm') {
    life.isCalm = true;
    for (const router of routers) router.faults.clear();
  }
  process.send?.({ id: request.id, sample: sample() });
});
process.on('disconnect', () => {
  void Promise.all(routers.map((router) => router.close())).then(() => process.exit());
});
process.send?.({ id: 0, ports: routers.map(({ port }) => port) });
