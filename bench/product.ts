import { readFileSync } from 'node:fs';
import type { Api } from '../lab/demo/api.ts';
import { edgeFolder } from '../lab/demo/edge-process.ts';
import { cpuSecondsOf } from './cpu.ts';
import { freePort } from '../lab/test/free-port.ts';

/** `wisp-edge up` as installed, all three daemons, brake wide open. */
export interface Product {
  readonly api: Api;
  /** CPU seconds this process has used. */
  cpuSeconds(): number;
  /** Resident set in MB. */
  rssMb(): number;
  stop(): Promise<void>;
}

/** On one router, `r0`. */
export function startProduct(routerPort: number): Promise<Product> {
  return startProductOn([{ id: 'r0', port: routerPort }]);
}

export async function startProductOn(
  routers: readonly { readonly id: string; readonly port: number }[],
): Promise<Product> {
  const wide = 1_000_000;
  const phonesPort = await freePort();
  const agent = {
    brake: { percent: 100, count: wide, floor: wide, siteCount: wide },
    portal: { domain: 'clientes.example.net', addresses: ['198.51.100.10'] },
    routers: routers.map(({ id, port }) => ({
      id,
      host: '127.0.0.1',
      port,
      tls: false,
      user: 'edge',
      password: { file: 'router.password' },
    })),
  };
  const provisioner = {
    listen: { host: '127.0.0.1', port: phonesPort },
    publicUrl: `http://127.0.0.1:${phonesPort}`,
    registrars: [{ id: 'none', domain: '127.0.0.1', uri: 'sip:127.0.0.1', probeMode: 'query' }],
  };
  const folder = edgeFolder('bench', agent, { provisioner, secrets: { 'router.password': 'edge' } });
  const edge = await folder.start();
  return {
    api: edge.api,
    cpuSeconds: () => cpuSecondsOf(edge.pid),
    rssMb: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${edge.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    async stop() {
      await edge.stop();
      folder.remove();
    },
  };
}
