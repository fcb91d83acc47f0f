import { onTestFinished } from 'vitest';
import type { Preset } from '../../lab/routeros/presets.ts';
import { startLabRouter, type LabRouter } from '../../lab/routeros/router.ts';
import {
  cli,
  smallConfig,
  startCli,
  temporaryFolder,
  writeConfig,
  type Ended,
  type RunningCli,
  ROUTER_PASSWORD,
} from './fixture.ts';

/** A box with a lab router `r0` behind it, its store made; the agent runs only where `up` was called. */
export interface SiteBox {
  readonly folder: string;
  readonly config: string;
  readonly router: LabRouter;
  readonly run: (...args: readonly string[]) => Promise<Ended>;
  /** The same at a terminal, where the answer is asked for. */
  readonly answer: (answer: () => Promise<string>, ...args: readonly string[]) => Promise<Ended>;
  /** Starts `wisp-edge up` and waits until it is ready. */
  readonly up: () => Promise<RunningCli>;
}

export async function siteBox(
  agent: Readonly<Record<string, unknown>> = {},
  { preset = 'home', ...own }: { readonly preset?: Preset } & Readonly<Record<string, unknown>> = {},
): Promise<SiteBox> {
  const router = await startLabRouter({ preset, users: [{ name: 'edge', password: ROUTER_PASSWORD }] });
  onTestFinished(() => router.close());
  const folder = temporaryFolder();
  const password = { env: 'R0_PASSWORD' };
  const config = writeConfig(folder, {
    ...smallConfig(),
    agent: {
      portal: { domain: 'clientes.example.net', addresses: ['198.51.100.10'] },
      routers: [{ id: 'r0', host: router.host, port: router.port, tls: false, user: 'edge', password, ...own }],
      ...agent,
    },
  });
  const run = (...args: readonly string[]): Promise<Ended> => cli(['--config', config, ...args]);
  await run('init');
  return {
    folder,
    config,
    router,
    run,
    answer: (input, ...args) => cli(['--config', config, ...args], { input, isInputTerminal: true }),
    up: async () => {
      const running = startCli(['--config', config, 'up']);
      await running.line('"ready"');
      return running;
    },
  };
}
