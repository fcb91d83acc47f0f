import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { World } from '../world.ts';
import { apiClient, type Api } from './api.ts';

const BIN = join(import.meta.dirname, '../../bin/wisp-edge.js');
const READY_MS = 20_000;

/** `wisp-edge up`, running on a world of the lab. */
export interface Edge {
  readonly api: Api;
  readonly token: string;
  readonly configFile: string;
  readonly exited: Promise<number | null>;
  stop(): Promise<void>;
}

/** Writes a configuration for the world's routers and starts the product on it; logs go to stderr. */
export async function startEdge(world: World): Promise<Edge> {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-demo-'));
  const token = randomBytes(24).toString('base64url');
  writeFileSync(join(folder, 'router.password'), 'edge', { mode: 0o600 });
  const configFile = join(folder, 'config.json');
  writeFileSync(configFile, JSON.stringify(configOf(world, folder, token), null, 2));
  const child = spawn(process.execPath, [BIN, '--config', configFile, 'up'], { stdio: ['ignore', 'inherit', 'pipe'] });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await readyUrl(child, exited);
  return {
    api: apiClient(url, token),
    token,
    configFile,
    exited,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function configOf(world: World, folder: string, token: string): unknown {
  return {
    site: 'lab',
    dataDir: join(folder, 'data'),
    control: {
      listen: { host: '127.0.0.1', port: 0 },
      tokens: [{ name: 'demo', scopes: ['admin'], sha256: createHash('sha256').update(token).digest('hex') }],
      central: { kind: 'none' },
    },
    agent: {
      portal: {
        domain: world.domain,
        cnameTargets: [world.cnameTarget],
        addresses: [],
        resolvers: [`127.0.0.1:${world.dns.port}`],
        walledGarden: [],
      },
      routers: [...world.routers].map(([id, router]) => ({
        id,
        host: router.host,
        port: router.tlsPort,
        tls: { pin: `sha256:${router.certificate?.sha256 ?? ''}` },
        user: 'edge',
        password: { file: 'router.password' },
      })),
    },
  };
}

/** Reads the log (and passes it on to stderr) until it says where the API is. */
function readyUrl(child: ChildProcess, exited: Promise<number | null>): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`wisp-edge up said nothing of being ready in ${READY_MS} ms`));
    }, READY_MS);
    void exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`wisp-edge up ended with code ${code ?? 'none'}`));
    });
    if (child.stderr === null) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      process.stderr.write(`${line}\n`);
      const url = /"msg":"ready".*"control":"([^"]+)"|"control":"([^"]+)".*"msg":"ready"/.exec(line);
      if (url === null) return;
      clearTimeout(timer);
      resolve(url[1] ?? url[2] ?? '');
    });
  });
}
