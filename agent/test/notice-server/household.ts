// Run inside a network of its own (namespace.peer.test.ts): a real agent whose only router is away, asked for a page by
// addresses of this network. Prints one JSON line: address → status and Location.
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { AgentConfig } from '../../../schemas/config/agent.ts';
import { Secret } from '../../../schemas/secret.ts';
import { openStore } from '../../../store/sqlite/open.ts';
import { startAgent } from '../../main.ts';

const CONFIG: AgentConfig = {
  lists: { cutoff: 'Moroso', notice: 'Aviso', portal: 'p', always: 'a', once: 'o', seen: 's' },
  brake: { percent: 10, count: 200, floor: 10, siteCount: 1000, windowMinutes: 60 },
  alwaysReachable: [],
  notices: {
    backend: 'notice-server',
    server: { listen: { host: '0.0.0.0', port: 8480 }, address: '192.0.2.2' },
    port: 999,
    url: 'https://{domain}/aviso/{kind}/{subscriber}/',
    seenMinutes: 60,
  },
  portal: {
    domain: 'clientes.example.net',
    cnameTargets: [],
    addresses: [],
    resolvers: [],
    walledGarden: [],
    gardenForward: false,
    adminHosts: [],
    checksBeforeSwitch: 3,
  },
  routers: [
    {
      id: 'r0',
      host: '192.0.2.1',
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

const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-household-'));
const store = openStore({ file: join(folder, 'wisp-edge.db'), site: 'lab' });
const context = { actor: { name: 'test', via: 'api' }, at: Date.now(), routers: ['r0'] } as const;
const subscriber = { name: 'x', router: 'r0', addresses: ['100.64.0.5', '100.64.7.0/29'] };
await store.control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber }, { ...context, operation: 'op-1' });
const cutoff = { reason: 'no payment' };
await store.control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, { ...context, operation: 'op-2' });

const agent = await startAgent({
  bundles: [],
  site: 'lab',
  dataDir: folder,
  log: pino({ level: 'silent' }),
  signal: new AbortController().signal,
  config: CONFIG,
  readSecret: () => new Secret('edge'),
  readText: () => '',
});

/** The agent opens its listener in its own time. */
async function ask(localAddress: string): Promise<string> {
  for (;;) {
    const answer = await new Promise<string | null>((resolve) => {
      get({ host: '192.0.2.2', port: 8480, localAddress, path: '/' }, (response) => {
        response.resume();
        resolve(`${response.statusCode ?? 0} ${response.headers.location ?? ''}`.trim());
      }).on('error', () => {
        setImmediate(resolve, null);
      });
    });
    if (answer !== null) return answer;
  }
}

const seen: Record<string, string> = {};
for (const address of process.argv.slice(2)) seen[address] = await ask(address);
const restore = await store.control.acceptIntent({ kind: 'restore', id: 's1' }, { ...context, operation: 'op-3' });
if (restore.outcome !== 'accepted') throw new Error(restore.outcome);
// He leaves the book when the agent has read the journal, the router being away all the while.
for (seen['restored'] = ''; seen['restored'] !== '503';) seen['restored'] = await ask('100.64.0.5');
process.stdout.write(`${JSON.stringify(seen)}\n`);
await agent.stop();
store.close();
rmSync(folder, { recursive: true, force: true });
