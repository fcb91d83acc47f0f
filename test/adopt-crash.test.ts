import { expect, onTestFinished, test } from 'vitest';
import { rowsWithoutIds, Watch, wisphubDesiredState } from '../agent/test/adopt/wisphub-site.ts';
import { PORTAL_ADDRESS } from '../agent/test/worker/harness.ts';
import type { Api } from '../lab/demo/api.ts';
import { edgeFolder, type EdgeProcess } from '../lab/demo/edge-process.ts';
import type { LabRouter } from '../lab/routeros/lab-router.ts';
import { seededRandom } from '../lab/routeros/random.ts';
import { startLabRouter } from '../lab/routeros/router.ts';
import { WISPHUB_LISTS } from '../lab/routeros/wisphub.ts';

/** SIGKILL this often on the way there, and as often on the way back. */
const KILLS = Number(process.env['CRASH_KILLS'] ?? 6);
const WIDE = 1_000_000;

test(
  `I4 I7 I10: kill -9 at ${KILLS} moments of a takeover from WispHub and of its hand-back changes nothing of how they end`,
  { timeout: 400_000 },
  async () => {
    const { router, folder } = await box();
    const before = rowsWithoutIds(router);
    const watch = new Watch(router);
    const random = seededRandom(20261129);
    const kills = { claim: 0, manage: 0, 'hand-back': 0 };
    let edge = await folder.start();
    onTestFinished(async () => {
      await edge.stop();
    });
    const body = { generation: 1, takenAt: new Date().toISOString(), subscribers: wisphubDesiredState() };
    await edge.api.send('PUT', '/v1/desired-state', body, { prefer: 'wait=60' });
    for (const step of ['claim', 'manage', 'hand-back'] as const) {
      if (step === 'hand-back') watch.handBack();
      const asked = await edge.api.send('POST', '/v1/routers/r0/adopt', { step });
      expect(asked.status).toBe(202);
      const id = String(asked.body['id']);
      for (let kill = 0; kill < KILLS && step !== 'claim'; kill += 1) {
        const isKilled = await killAfterWrites(router, edge, id, 1 + Math.floor(random() * 12));
        if (!isKilled) break;
        kills[step] += 1;
        edge = await folder.start();
      }
      expect(await ended(edge.api, id)).toMatchObject({ kind: 'adopt', state: 'verified' });
      expect(watch.harm).toEqual([]);
    }
    expect(kills).toEqual({ claim: 0, manage: KILLS, 'hand-back': KILLS });
    expect(rowsWithoutIds(router)).toEqual(before);
  },
);

async function box(): Promise<{ router: LabRouter; folder: ReturnType<typeof edgeFolder> }> {
  const router = await startLabRouter({
    version: '7.24',
    preset: 'wisphub',
    resolveName: (name, family) =>
      Promise.resolve(
        name === 'clientes.example.net' && family === 4 ? [{ address: PORTAL_ADDRESS, ttlSeconds: 3600 }] : [],
      ),
  });
  onTestFinished(() => router.close());
  await router.namesSettled();
  const password = { file: 'router.password' };
  const folder = edgeFolder('adopt-crash', {
    brake: { percent: 100, count: WIDE, floor: WIDE, siteCount: WIDE },
    lists: { portal: WISPHUB_LISTS.portal },
    portal: { domain: 'clientes.example.net', addresses: [PORTAL_ADDRESS] },
    routers: [{ id: 'r0', host: router.host, port: router.port, tls: false, user: 'edge', password, mode: 'assist' }],
  });
  router.setPassword('edge', folder.routerPassword);
  onTestFinished(() => {
    folder.remove();
  });
  return { router, folder };
}

/** False when the step was over before so many writes were seen. */
async function killAfterWrites(
  router: LabRouter,
  edge: EdgeProcess,
  operation: string,
  writes: number,
): Promise<boolean> {
  let left = writes;
  let kill: () => void = () => undefined;
  const killed = new Promise<boolean>((resolve) => {
    kill = () => {
      void edge.kill().then(() => {
        resolve(true);
      });
    };
  });
  const stop = router.onCommand(({ path }) => {
    if (!/\/(add|set|move|remove)$/.test(path)) return;
    left -= 1;
    if (left === 0) kill();
  });
  // A process that dies under the question is the one that was killed.
  const isOver = ended(edge.api, operation).then(
    () => (left > 0 ? false : killed),
    () => killed,
  );
  const isKilled = await Promise.race([killed, isOver]);
  stop();
  return isKilled;
}

async function ended(api: Api, id: string): Promise<unknown> {
  for (;;) {
    const { body } = await api.send('GET', `/v1/operations/${id}`);
    if (body['state'] === 'verified' || body['state'] === 'failed' || body['state'] === 'held') return body;
  }
}
