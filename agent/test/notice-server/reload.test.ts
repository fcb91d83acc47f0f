import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { startLabRouter, type LabRouter } from '../../../lab/routeros/router.ts';
import { freePort } from '../../../lab/test/free-port.ts';
import type { AgentConfig } from '../../../schemas/config/agent.ts';
import { Secret } from '../../../schemas/secret.ts';
import { openStore } from '../../../store/sqlite/open.ts';
import { startAgent } from '../../main.ts';
import { LISTENER, LISTS } from '../worker/harness.ts';

function configOf(router: LabRouter, port: number): AgentConfig {
  return {
    lists: LISTS,
    brake: { percent: 100, count: 100, floor: 100, siteCount: 1000, windowMinutes: 60 },
    alwaysReachable: [],
    notices: {
      backend: 'notice-server',
      server: { listen: { host: '127.0.0.1', port }, address: LISTENER.address },
      port: 999,
      url: 'https://{domain}/aviso/{kind}/{subscriber}/',
      seenMinutes: 60,
    },
    portal: {
      domain: 'clientes.example.net',
      cnameTargets: [],
      addresses: ['198.51.100.10'],
      resolvers: [],
      walledGarden: [],
      gardenForward: false,
      adminHosts: [],
      checksBeforeSwitch: 3,
    },
    routers: [
      {
        id: 'r0',
        host: router.host,
        port: router.port,
        tls: false,
        user: 'edge',
        password: { env: 'NONE' },
        driver: 'native',
        mode: 'manage',
        redirect: 'auto',
      },
    ],
    doctor: { at: false },
    reconcileEverySeconds: 60,
    commandTimeoutSeconds: 10,
  };
}

function ledTo(router: LabRouter): readonly (string | undefined)[] {
  const rows = router.table('/ip/firewall/nat').rows();
  return [...new Set(rows.filter((row) => row['action'] === 'dst-nat').map((row) => row['to-ports']))];
}

async function statusOf(port: number): Promise<number> {
  const request = get({ host: '127.0.0.1', port, agent: false });
  return new Promise((resolve) => {
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.once('error', () => {
      resolve(0);
    });
  });
}

test('I4: a configuration whose page server finds its port taken leaves the routers at the earlier one, and says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-reload-'));
  const router = await startLabRouter({ version: '7.24', preset: 'home' });
  const store = openStore({ file: join(folder, 'wisp-edge.db'), site: 'lab' });
  const [before, after] = [await freePort(), await freePort()];
  const agent = await startAgent({
    bundles: [],
    site: 'lab',
    dataDir: folder,
    log: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    config: configOf(router, before),
    readSecret: () => new Secret('edge'),
    readText: () => '',
  });
  onTestFinished(async () => {
    await agent.stop();
    store.close();
    await router.close();
    rmSync(folder, { recursive: true, force: true });
  });
  let number = 0;
  const pass = async (): Promise<unknown> => {
    number += 1;
    const operation = `op-${number}`;
    const context = { actor: { name: 'test', via: 'api' }, at: Date.now(), operation, routers: ['r0'] } as const;
    await store.control.acceptIntent({ kind: 'reconcile', router: 'r0' }, context);
    for (;;) {
      const head = await store.control.head();
      const state = (await store.control.readOperation(operation))?.state;
      if (state === 'verified' || state === 'held') return (await store.control.routerStatuses())[0];
      const found = new AbortController();
      const watching = store.control.watch(5, found.signal, (now) => {
        if (now > head) found.abort();
      });
      if ((await store.control.head()) > head) found.abort();
      await watching.catch(() => undefined);
    }
  };
  expect(await pass()).toMatchObject({ converged: true });
  expect(ledTo(router)).toEqual([String(before)]);

  const other = createServer().listen(after, '127.0.0.1');
  await once(other, 'listening');
  await agent.reload(configOf(router, after), []);
  expect(await pass()).toMatchObject({ converged: false, findings: [{ code: 'notice-server-down' }] });
  expect(ledTo(router)).toEqual([String(before)]);
  expect(await statusOf(before)).toBe(503);

  const moved = new Promise<void>((resolve) => {
    router.onCommand(() => {
      if (ledTo(router).join() === String(after)) resolve();
    });
  });
  other.close();
  await moved;
  expect(await pass()).toMatchObject({ converged: true, findings: [] });
  expect([await statusOf(before), await statusOf(after)]).toEqual([0, 503]);
});
