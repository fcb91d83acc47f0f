import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RouterStatus } from '../../schemas/router.ts';
import { openStore } from '../../store/sqlite/open.ts';
import { cli, smallConfig, startCli, temporaryFolder, writeConfig, ROUTER_PASSWORD } from './fixture.ts';
import { siteBox, type SiteBox } from './site-box.ts';

/** Waits, from one change of the store to the next, until the router's status is so. */
async function untilStatus({ folder }: SiteBox, is: (status: RouterStatus) => boolean): Promise<void> {
  const store = openStore({ file: join(folder, 'data', 'wisp-edge.db') });
  onTestFinished(() => {
    store.close();
  });
  const found = new AbortController();
  const look = async (): Promise<void> => {
    if ((await store.control.routerStatuses()).some(is)) found.abort();
  };
  const watching = store.control.watch(20, found.signal, () => void look());
  await look();
  await watching.catch(() => undefined);
}

test('beside a running agent plan says that the router was not read since, why, and exits 69', async () => {
  const box = await siteBox();
  await box.up();
  await untilStatus(box, ({ converged }) => converged);
  const fresh = await box.run('plan');
  expect([fresh.code, fresh.stderr]).toEqual([0, '']);
  expect(fresh.stdout).not.toContain('another configuration');
  expect(fresh.stdout).toMatch(/^r0: the running agent’s plan, by what it read at \S+Z\n[^]*nothing to do/);
  await box.router.unplug();
  await untilStatus(box, ({ connection }) => connection === 'down');
  const old = await box.run('plan');
  expect(old.code).toBe(69);
  expect(old.stdout).toContain('nothing to do');
  expect(old.stderr).toMatch(/^r0: since \S+Z the router could not be read[^\n]*\nr0: error \(router-/);
});

test('beside a running agent plan says when the file is not what the agent runs with', async () => {
  const box = await siteBox();
  await box.up();
  await untilStatus(box, ({ converged }) => converged);
  const text = readFileSync(box.config, 'utf8');
  writeFileSync(box.config, text.replace('"portal": {', '"notices": {"port": 1999}, "portal": {'));
  const { code, stdout } = await box.run('plan');
  expect([code, stdout]).toEqual([0, expect.stringContaining('another configuration than the file’s')]);
  const json = await box.run('plan', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ routers: [{ plan: { steps: [] }, isOfThisFile: false }] });
  expect(stdout).not.toContain(ROUTER_PASSWORD);
});

/** A port where nothing answers. */
async function mutePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

test('without an agent plan and doctor ask the portal once for all routers, and say what is found in the person’s words', async () => {
  const password = { env: 'R0_PASSWORD' };
  const resolvers = [`127.0.0.1:${String(await mutePort())}`];
  const config = writeConfig(temporaryFolder(), {
    ...smallConfig(),
    agent: {
      portal: { domain: 'clientes.example.net', resolvers, walledGarden: ['recaptcha', 'tidio'] },
      routers: ['r0', 'r1', 'r2'].map((id) => ({ id, host: '127.0.0.1', port: 1, tls: false, user: 'edge', password })),
    },
  });
  await cli(['--config', config, 'init']);
  const plan = await startCli(['--config', config, '--lang', 'es', 'plan']).ended;
  expect(plan.code).toBe(69);
  expect(plan.stderr.match(/ningún resolver responde por clientes\.example\.net/g)).toHaveLength(1);
  for (const id of ['r0', 'r1', 'r2']) expect(plan.stderr).toContain(`${id}: error (router-unreachable)`);
  expect(plan.stderr).not.toMatch(/^\{|Warning/m);
  const doctor = await startCli(['--config', config, '--lang', 'es', 'doctor']).ended;
  expect([doctor.code, doctor.stderr]).toEqual([69, '']);
});
