import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { apiClient, type Api } from './api.ts';
import { LeakWatch } from '../leaks/leak-watch.ts';
import { watchedApi } from './watched-api.ts';

/** As the systemd units and the program's first line say. */
export const NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4'];
const BIN = join(import.meta.dirname, '../../bin/wisp-edge.js');
const READY_MS = 30_000;

/** A folder with a configuration in which `wisp-edge up` can be started, killed and started again. */
export interface EdgeFolder {
  readonly token: string;
  readonly configFile: string;
  /** What the file `router.password` holds: to be set at the routers. */
  readonly routerPassword: string;
  /** Knows every secret that went in through the API or the configuration, and has looked at all that came out. */
  readonly leakWatch: LeakWatch;
  start(onLog?: (line: string) => void, environment?: Readonly<Record<string, string>>): Promise<EdgeProcess>;
  /** Looks at what is on the disk, and takes it away; throws when a secret was found in anything that came out (I9). */
  remove(): void;
}

/** One running `wisp-edge up`. */
export interface EdgeProcess {
  readonly api: Api;
  readonly pid: number;
  /** The exit code, or null when a signal ended it. */
  readonly exited: Promise<number | null>;
  /** SIGTERM, and waits. */
  stop(): Promise<number | null>;
  /** SIGKILL, and waits: nothing of it is left. */
  kill(): Promise<void>;
}

/** What of a configuration is not the same everywhere. */
export interface EdgeSections {
  /** The provisioner's section; without it there is no provisioner. */
  readonly provisioner?: Readonly<Record<string, unknown>>;
  /** Files beside the configuration that it names, by name. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Writes a configuration with a fresh admin token and a fresh `router.password`; `agent` is the agent's section. */
export function edgeFolder(
  site: string,
  agent: Readonly<Record<string, unknown>>,
  { provisioner, secrets = {} }: EdgeSections = {},
): EdgeFolder {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-'));
  const token = randomBytes(24).toString('base64url');
  const sha256 = createHash('sha256').update(token).digest('hex');
  const configFile = join(folder, 'config.json');
  const files = { 'router.password': randomBytes(15).toString('base64url'), ...secrets };
  for (const [name, secret] of Object.entries(files)) writeFileSync(join(folder, name), secret, { mode: 0o600 });
  const control = { listen: { host: '127.0.0.1', port: 0 }, tokens: [{ name: 'lab', scopes: ['admin'], sha256 }] };
  const config = { site, dataDir: join(folder, 'data'), control, agent, provisioner };
  writeFileSync(configFile, JSON.stringify(config, null, 2));
  const leakWatch = new LeakWatch();
  leakWatch.learn('the API token', token);
  for (const [name, secret] of Object.entries(files)) leakWatch.learn(name, secret);
  return {
    token,
    configFile,
    routerPassword: files['router.password'],
    leakWatch,
    start: (onLog = () => undefined, environment = {}) =>
      startProcess({ configFile, token, leakWatch, onLog, environment }),
    remove() {
      const data = join(folder, 'data');
      // Its keys are what the sealed secrets are opened with; nothing else in the folder may help anybody.
      if (existsSync(data)) leakWatch.lookAtFiles(data, () => false);
      rmSync(folder, { recursive: true, force: true });
      const leaks = leakWatch.leaks.map(({ where, what }) => `${what} in ${where}`);
      if (leaks.length > 0) throw new Error(`secrets came out: ${leaks.join('; ')}`);
    },
  };
}

interface Start {
  readonly configFile: string;
  readonly token: string;
  readonly leakWatch: LeakWatch;
  readonly onLog: (line: string) => void;
  readonly environment: Readonly<Record<string, string>>;
}

async function startProcess({ configFile, token, leakWatch, onLog, environment }: Start): Promise<EdgeProcess> {
  const child = spawn(process.execPath, [...NODE_FLAGS, BIN, '--config', configFile, 'up'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    leakWatch.look('stdout', line);
    process.stdout.write(`${line}\n`);
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`wisp-edge up was not ready within ${READY_MS} ms`));
    }, READY_MS);
    void exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`wisp-edge up ended with code ${code ?? 'none'}`));
    });
    createInterface({ input: child.stderr }).on('line', (line) => {
      leakWatch.look('the log', line);
      onLog(line);
      const found = line.includes('"msg":"ready"') ? /"control":"([^"]+)"/.exec(line)?.[1] : undefined;
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
  const pid = child.pid ?? 0;
  return {
    api: watchedApi(apiClient(url, token), leakWatch),
    pid,
    exited,
    async stop() {
      leakWatch.lookAtProcessList();
      leakWatch.lookAtEnvironment(pid);
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
