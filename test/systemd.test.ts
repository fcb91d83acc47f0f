import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NODE_FLAGS } from '../lab/demo/edge-process.ts';
import { findPeer } from '../lab/test/peers.ts';

const systemd = findPeer('systemd', 'systemd-analyze', ['--version']);
const UNITS_FOLDER = join(import.meta.dirname, '../systemd');
const BIN = join(import.meta.dirname, '../bin/wisp-edge.js');
const UNITS = ['wisp-edge', 'wisp-edge-agent', 'wisp-edge-control', 'wisp-edge-provisioner'];
const HIGHEST_EXPOSURE = 2;
const run = promisify(execFile);

/** The values that a unit gives to a key, in their order. */
function valuesOf(unit: string, key: string): readonly string[] {
  const lines = readFileSync(join(UNITS_FOLDER, `${unit}.service`), 'utf8').split('\n');
  return lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-systemd-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

describe.skipIf(!systemd.isThere)(`the units ${systemd.skipReason}`, () => {
  test.each(UNITS)('%s is exposed no more than 2.0, by systemd’s own measure', async (unit) => {
    const file = join(UNITS_FOLDER, `${unit}.service`);
    const { stdout } = await run('systemd-analyze', ['security', '--offline=yes', '--no-pager', file]);
    const exposure = Number(/exposure level for \S+: ([\d.]+)/.exec(stdout)?.[1]);
    expect(exposure).toBeLessThanOrEqual(HIGHEST_EXPOSURE);
  });

  test('systemd reads them without a complaint of their keys', async () => {
    const files = UNITS.map((unit) => join(UNITS_FOLDER, `${unit}.service`));
    // A machine without /usr/bin/node complains of that; the keys are ours to get right.
    const { stderr } = await run('systemd-analyze', ['verify', ...files]).catch((error: unknown) => ({
      stderr: typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr) : String(error),
    }));
    const complaints = stderr.split('\n').filter((line) => line.includes('wisp-edge') && !/not executable/.test(line));
    expect(complaints).toEqual([]);
  });

  test('systemd-sysusers makes one group and four users of it, systemd-tmpfiles a folder that hands it every file', async () => {
    const root = temporaryFolder();
    for (const kind of ['sysusers', 'tmpfiles']) {
      mkdirSync(join(root, `etc/${kind}.d`), { recursive: true });
      cpSync(join(UNITS_FOLDER, `wisp-edge.${kind}.conf`), join(root, `etc/${kind}.d/wisp-edge.conf`));
    }
    await run('systemd-sysusers', [`--root=${root}`, 'wisp-edge.conf']);
    const users = readFileSync(join(root, 'etc/passwd'), 'utf8').trim().split('\n');
    expect(users.map((line) => line.split(':')[0]).sort()).toEqual(UNITS);
    const group = readFileSync(join(root, 'etc/group'), 'utf8').split(':')[2];
    expect(users.map((line) => line.split(':')[3])).toEqual(UNITS.map(() => group));
    expect(users.every((line) => line.endsWith('/nologin'))).toBe(true);
    // Its users cannot be given files by who is not root.
    if (process.getuid?.() !== 0) return;
    await run('systemd-tmpfiles', [`--root=${root}`, '--create', 'wisp-edge.conf']);
    const { mode, gid } = statSync(join(root, 'var/lib/wisp-edge'));
    expect([mode & 0o7777, String(gid)]).toEqual([0o2770, group]);
    expect(statSync(join(root, 'var/lib/wisp-edge/keys')).mode & 0o7777).toBe(0o2750);
  });
});

test('the program starts with the flags of its units, by its own name too', () => {
  const [first] = readFileSync(BIN, 'utf8').split('\n');
  expect(first).toBe(`#!/usr/bin/env -S node ${NODE_FLAGS.join(' ')}`);
});

test('the unit of all and the units of each exclude one another', () => {
  const [all, ...each] = UNITS;
  for (const unit of each) expect(valuesOf(unit, 'Conflicts')).toEqual([`${all ?? ''}.service`]);
  expect((valuesOf('wisp-edge', 'Conflicts')[0] ?? '').split(' ').sort()).toEqual(
    each.map((unit) => `${unit}.service`).sort(),
  );
});

test('each unit runs its verb under its own user, in one group, and only the provisioner is given the key of SIP keys', () => {
  const verbs = ['up', 'agent', 'control', 'provisioner'];
  for (const [at, unit] of UNITS.entries()) {
    expect([valuesOf(unit, 'User'), valuesOf(unit, 'Group')]).toEqual([[unit], ['wisp-edge']]);
    expect(valuesOf(unit, 'ExecStart')[0]?.endsWith(` ${verbs[at] ?? ''}`)).toBe(true);
    expect(valuesOf(unit, 'ExecStart')[0]).toContain(`/node ${NODE_FLAGS.join(' ')} /`);
    expect(valuesOf(unit, 'LoadCredential')).toEqual(
      unit === 'wisp-edge-provisioner' ? ['provisioner.key:/var/lib/wisp-edge/keys/provisioner.key'] : [],
    );
  }
});

/** What systemd would hear, one datagram a line: Node opens no sockets of this kind. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('BOUND', flush=True)
while True:
    print(s.recv(65536).decode().replace('\\n', ' '), flush=True)
`;

interface Heard {
  readonly socket: string;
  readonly lines: readonly string[];
  /** Resolves once so many lines with a text were heard. */
  heard(text: string, times?: number): Promise<void>;
}

async function fakeSystemd(folder: string): Promise<Heard> {
  const socket = join(folder, 'notify.sock');
  const child = spawn('python3', ['-c', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => lines.push(line));
  const heard = async (text: string, times = 1): Promise<void> => {
    const signal = AbortSignal.timeout(30_000);
    while (lines.filter((line) => line.includes(text)).length < times) await once(reader, 'line', { signal });
  };
  await heard('BOUND');
  return { socket, lines, heard };
}

const TOKEN = 'a-token-of-the-test-of-systemd-units';

/** A configuration of all three daemons on one data folder, which reaches nobody. */
function writeConfig(folder: string): string {
  const file = join(folder, 'config.json');
  const sha256 = createHash('sha256').update(TOKEN).digest('hex');
  writeFileSync(
    file,
    JSON.stringify({
      site: 'norte-1',
      dataDir: join(folder, 'data'),
      control: { listen: { host: '127.0.0.1', port: 0 }, tokens: [{ name: 'test', scopes: ['admin'], sha256 }] },
      agent: {
        portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], resolvers: [], walledGarden: [] },
        routers: [{ id: 'r0', host: '127.0.0.1', port: 1, tls: false, user: 'edge', password: { env: 'R0_PASSWORD' } }],
      },
      provisioner: {
        listen: { host: '127.0.0.1', port: 0 },
        publicUrl: 'http://127.0.0.1:8471',
        registrars: [{ id: 'pbx', domain: 'sip.example.net', uri: 'sip:127.0.0.1:5;transport=udp' }],
      },
    }),
    { mode: 0o644 },
  );
  return file;
}

interface Running {
  readonly child: ChildProcess;
  /** The address in the line that says ready. */
  readonly url: string;
}

async function start(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  children: ChildProcess[] = [],
): Promise<Running> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], R0_PASSWORD: 'edge', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const told: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      told.push(line);
      if (line.includes('"msg":"ready"')) resolve(/"control":"([^"]+)"/.exec(line)?.[1] ?? '');
    });
    child.once('exit', () => {
      reject(new Error(`not ready: ${told.join('\n')}`));
    });
  });
  return { child, url };
}

describe.skipIf(!systemd.isThere)(`up, started by systemd ${systemd.skipReason}`, () => {
  test('says when it is ready, gives signs of life, tells of a reload and of its end', async () => {
    const folder = temporaryFolder();
    const heard = await fakeSystemd(folder);
    const { child } = await start([process.execPath, BIN, '--config', writeConfig(folder), 'up'], {
      NOTIFY_SOCKET: heard.socket,
      WATCHDOG_USEC: '2000000',
    });
    await heard.heard('READY=1 STATUS=running: ');
    await heard.heard('WATCHDOG=1', 3);
    child.kill('SIGHUP');
    await heard.heard('RELOADING=1 MONOTONIC_USEC=');
    await heard.heard('READY=1', 2);
    expect(heard.lines.findIndex((line) => line.includes('RELOADING=1'))).toBeLessThan(
      heard.lines.findLastIndex((line) => line.includes('READY=1')),
    );
    child.kill('SIGTERM');
    await heard.heard('STOPPING=1');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
  });

  test('a process that hangs gives no sign of life, one that goes on gives them again', async () => {
    const folder = temporaryFolder();
    const heard = await fakeSystemd(folder);
    const { child } = await start([process.execPath, BIN, '--config', writeConfig(folder), 'up'], {
      NOTIFY_SOCKET: heard.socket,
      WATCHDOG_USEC: '800000',
    });
    const other = await fakeSystemd(temporaryFolder());
    const second = temporaryFolder();
    await heard.heard('WATCHDOG=1', 2);
    child.kill('SIGSTOP');
    const before = heard.lines.length;
    // The measure of time is a second process, which is well: it signs four times meanwhile.
    await start([process.execPath, BIN, '--config', writeConfig(second), 'up'], {
      NOTIFY_SOCKET: other.socket,
      WATCHDOG_USEC: '800000',
    });
    await other.heard('WATCHDOG=1', 4);
    // One may have been on its way.
    expect(heard.lines.length - before).toBeLessThanOrEqual(1);
    child.kill('SIGCONT');
    await heard.heard('WATCHDOG=1', heard.lines.filter((line) => line.includes('WATCHDOG=1')).length + 2);
    // It was late, and says so.
    expect(heard.lines.some((line) => line.includes('STATUS=unwell: event loop'))).toBe(true);
  });
});

/** Users and group that no system gives away; numbers need no entry anywhere. */
const GROUP = 61_400;
const USERS = { all: 61_401, agent: 61_402, control: 61_403, provisioner: 61_404 };

function as(uid: number, command: readonly string[], umask = '0007'): readonly string[] {
  const shell = ['sh', '-c', `umask ${umask}; exec "$@"`, 'sh'];
  return ['setpriv', `--reuid=${String(uid)}`, `--regid=${String(GROUP)}`, '--clear-groups', ...shell, ...command];
}

/** May another user read this program at all? A checkout below /root may not be. */
function canOthersRun(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    const [program = '', ...args] = as(USERS.agent, [process.execPath, BIN, 'version']);
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs a command with this on its standard input; rejects with what it said when it fails. */
async function fed([program = '', ...args]: readonly string[], input: string): Promise<string> {
  const running = run(program, args);
  running.child.stdin?.end(input);
  const { stdout } = await running;
  return stdout;
}

const canBeOthers = canOthersRun();
const reason = canBeOthers ? '' : '(skipped: needs root, and a checkout that other users can read)';

test.skipIf(!canBeOthers)(
  `three daemons under three users of one group work on one data folder, after it was all one user’s ${reason}`,
  { timeout: 60_000 },
  async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const data = join(folder, 'data');
    // As tmpfiles makes it.
    for (const [path, mode] of [
      [data, 0o2770],
      [join(data, 'keys'), 0o2750],
      [join(data, 'locks'), 0o2770],
    ] as const) {
      mkdirSync(path);
      chownSync(path, USERS.all, GROUP);
      chmodSync(path, mode);
    }
    const config = writeConfig(folder);
    const wispEdge = [process.execPath, BIN, '--config', config];
    // First all in one, by hand, with a shell's own umask, killed: what it leaves behind must be no hindrance.
    const all = await start(as(USERS.all, [...wispEdge, 'up'], '0022'), {});
    all.child.kill('SIGKILL');
    await once(all.child, 'exit');
    chownSync(join(data, 'control-fingerprint.key'), USERS.control, GROUP);

    const credentials = join(folder, 'credentials');
    mkdirSync(credentials, { mode: 0o700 });
    cpSync(join(data, 'keys/provisioner.key'), join(credentials, 'provisioner.key'));
    for (const path of [credentials, join(credentials, 'provisioner.key')]) chownSync(path, USERS.provisioner, GROUP);

    const agent = await start(as(USERS.agent, [...wispEdge, 'agent']), {});
    const provisioner = await start(as(USERS.provisioner, [...wispEdge, 'provisioner']), {
      CREDENTIALS_DIRECTORY: credentials,
    });
    const control = await start(as(USERS.control, [...wispEdge, 'control']), {});
    const send = (method: string, path: string, body?: unknown): Promise<Response> =>
      fetch(`${control.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const subscriber = { name: 'Ana', router: 'r0', addresses: ['100.65.0.5'] };
    expect((await send('PUT', '/v1/subscribers/s5', subscriber)).status).toBe(201);
    // The agent wrote what it saw, under its own user: that the router is away.
    await expect
      .poll(async () => JSON.stringify(await (await send('GET', '/v1/routers/r0')).json()), { timeout: 20_000 })
      .toContain('"down"');

    // Verbs that take a SIP key need control's own key; who has it not is told whose he needs.
    const put = ['extensions', 'put', '1001', '--registrar', 'pbx', '--name', 'A', '--owner', 'isp', '--key-file', '-'];
    const typed = (uid: number): Promise<string> => fed(as(uid, [...wispEdge, ...put]), 'a1b2c3d4e5f6a7b8c9d0\n');
    expect(await typed(USERS.control)).toContain('extension/1001');
    await expect(typed(USERS.agent)).rejects.toThrow('runuser -u wisp-edge-control');
    // No daemon puts a key of its own in the place of another's.
    const [touch = '', ...touched] = as(USERS.agent, ['touch', join(data, 'keys/other.pub')]);
    await expect(run(touch, touched)).rejects.toThrow('Permission denied');

    const modes = Object.fromEntries(
      readdirSync(data).map((name) => [name, (statSync(join(data, name)).mode & 0o777).toString(8)]),
    );
    expect(modes).toMatchObject({ 'wisp-edge.db': '660', 'wisp-edge.db-wal': '660', 'wisp-edge.db-shm': '660' });
    // No daemon can read the private key of another.
    for (const uid of [USERS.agent, USERS.control]) {
      const [program = '', ...args] = as(uid, ['cat', join(data, 'keys/provisioner.key')]);
      await expect(run(program, args)).rejects.toThrow('Permission denied');
    }
    for (const { child } of [control, provisioner, agent]) {
      child.kill('SIGTERM');
      await once(child, 'exit');
      expect(child.exitCode).toBe(0);
    }
    // And back again.
    chownSync(join(data, 'control-fingerprint.key'), USERS.all, GROUP);
    const again = await start(as(USERS.all, [...wispEdge, 'up']), {});
    again.child.kill('SIGTERM');
    await once(again.child, 'exit');
    expect(again.child.exitCode).toBe(0);
  },
);
