import type { Logger } from 'pino';
import { startAgent } from '../agent/main.ts';
import { startControl } from '../control/main.ts';
import { startProvisioner } from '../provisioner/main.ts';
import { AppError, describeError } from '../schemas/app-error.ts';
import { maskUrlsIn } from '../schemas/mask-url.ts';
import { centralLink, daemonBase, requireSection } from './agent-options.ts';
import { loadConfig, type LoadedConfig } from './config/load.ts';
import { filesOf, secretsOf } from './config/named.ts';
import { ledNetworksOf } from './config/phone-dhcp.ts';
import { readSecret } from './config/secrets.ts';
import { readTextFile } from './config/text-file.ts';
import { EXIT, exitCodeOfDaemon, type ExitCode } from './exit-codes.ts';
import { keepHeapSmall } from './heap.ts';
import { tellIgnoredPortal } from './ignored-portal.ts';
import type { Invocation } from './invocation.ts';
import { openExistingStore } from './data-folder.ts';
import { makeLog } from './log.ts';
import { serviceManager } from './service-manager.ts';
import { showError } from './show-error.ts';
import type { Watched } from './watchdog.ts';

export type DaemonName = 'agent' | 'provisioner' | 'control';

/** A started daemon as the launcher sees it; the watchdog asks each whether it is healthy. */
interface Daemon extends Watched {
  readonly name: DaemonName;
  readonly url: string | null;
  readonly done: Promise<void>;
  stop(): Promise<void>;
  reload(loaded: LoadedConfig): Promise<void>;
}

/** A stop that takes longer is cut short, within the 5 s that are promised. */
const STOP_LIMIT_MS = 4_500;

/** Runs daemons in this process until a signal, or until one of them ends; gives the exit code. */
export async function runDaemons(
  names: readonly DaemonName[],
  loaded: LoadedConfig,
  invocation: Invocation,
): Promise<ExitCode> {
  const { io, messages } = invocation;
  keepHeapSmall();
  const log = makeLog(io.stderr, io.env['LOG_LEVEL']);
  const service = serviceManager(io.env, log);
  const stopping = new AbortController();
  const running: Daemon[] = [];
  const outcome: { failure: unknown; hasRun: boolean } = { failure: null, hasRun: false };
  const stop = (signal: unknown): void => {
    // Why it goes stands in the log before anything is taken down.
    if (!stopping.signal.aborted)
      log.info({ reason: String(signal), daemons: running.map(({ name }) => name) }, 'stopping');
    stopping.abort();
  };
  let reloading = Promise.resolve();
  const reload = (): void => {
    // One after the other: two at once would start a router's worker twice.
    reloading = reloading.then(async () => {
      await service.reloading();
      await reloadAll(running, loaded, invocation, log);
      await service.reloaded();
    });
  };
  io.signals.on('SIGTERM', stop).on('SIGINT', stop).on('SIGHUP', reload);
  try {
    readNamed(names, loaded, invocation);
    for (const name of names) {
      const daemon = await start(name, loaded, invocation, log, stopping.signal);
      // It may fail while the next one starts; the race below tells of it.
      daemon.done.catch(() => undefined);
      running.push(daemon);
    }
    const urlOf = (daemon: DaemonName): string | null => running.find(({ name }) => name === daemon)?.url ?? null;
    log.info(
      { control: urlOf('control'), phones: urlOf('provisioner'), daemons: names, site: loaded.config.site },
      'ready',
    );
    // Whoever starts has the file's configuration.
    await noteReload(running, loaded, null, log);
    await tellIgnoredPortal(loaded, log);
    service.ready(running);
    outcome.hasRun = true;
    await Promise.race([aborted(stopping.signal), ...running.map(({ done }) => done)]);
    if (!stopping.signal.aborted) log.warn({ reason: 'a daemon ended by itself' }, 'stopping');
    return EXIT.ok;
  } catch (error) {
    log.fatal({ error: describeError(error), code: error instanceof AppError ? error.code : 'internal' }, 'ended');
    io.stderr.write(showError(error, messages));
    outcome.failure = error;
    return exitCodeOfDaemon(error, outcome.hasRun);
  } finally {
    const told = service.stopping();
    await stopAll(running, invocation, log, outcome.failure);
    await told;
    io.signals.off('SIGTERM', stop).off('SIGINT', stop).off('SIGHUP', reload);
  }
}

/** Reads every secret and file once before anything runs: what is missing ends the start, not the first pass. */
function readNamed(names: readonly DaemonName[], { config, baseDir }: LoadedConfig, { io }: Invocation): void {
  const sections = {
    ...(names.includes('agent') && config.agent !== undefined ? { agent: config.agent } : {}),
    ...(names.includes('provisioner') && config.provisioner !== undefined ? { provisioner: config.provisioner } : {}),
    ...(names.includes('control') && config.control !== undefined ? { control: config.control } : {}),
  };
  for (const { source } of secretsOf(sections)) readSecret(source, baseDir, io.env);
  for (const { path } of filesOf(sections)) readTextFile(path, baseDir);
}

async function start(
  name: DaemonName,
  loaded: LoadedConfig,
  invocation: Invocation,
  log: Logger,
  signal: AbortSignal,
): Promise<Daemon> {
  const base = daemonBase(loaded, invocation, log, signal);
  if (name === 'agent') {
    const agent = await startAgent({ ...base, config: requireSection(loaded.config.agent, 'agent', invocation) });
    return {
      name,
      url: null,
      done: agent.done,
      isHealthy: () => agent.isHealthy(),
      stop: () => agent.stop(),
      reload: ({ config, bundles }) =>
        agent.reload(requireSection(config.agent, 'agent', invocation), bundles, centralLink(config)),
    };
  }
  if (name === 'provisioner') {
    const config = requireSection(loaded.config.provisioner, 'provisioner', invocation);
    const provisioner = await startProvisioner({
      ...base,
      config,
      ledNetworks: ledNetworksOf(loaded.config),
      environment: invocation.io.env,
    });
    return {
      name,
      url: provisioner.url,
      done: provisioner.done,
      isHealthy: () => provisioner.isHealthy(),
      stop: () => provisioner.stop(),
      reload: ({ config: next }) =>
        provisioner.reload(requireSection(next.provisioner, 'provisioner', invocation), ledNetworksOf(next)),
    };
  }
  const config = requireSection(loaded.config.control, 'control', invocation);
  const control = await startControl({
    ...base,
    config,
    agent: loaded.config.agent ?? null,
    provisioner: loaded.config.provisioner ?? null,
  });
  return {
    name,
    url: control.url,
    done: control.done,
    isHealthy: () => control.isHealthy(),
    stop: () => control.stop(),
    reload: ({ config: next, bundles }) =>
      control.reload(
        requireSection(next.control, 'control', invocation),
        next.agent ?? null,
        next.provisioner ?? null,
        bundles,
      ),
  };
}

/** SIGHUP: a new configuration that is broken changes nothing; log and store say what is wrong with it. */
async function reloadAll(
  running: readonly Daemon[],
  started: LoadedConfig,
  invocation: Invocation,
  log: Logger,
): Promise<void> {
  try {
    const loaded = loadConfig(invocation.configPath, invocation.io.cwd);
    const names = running.map(({ name }) => name);
    for (const name of names) requireSection(loaded.config[name], name, invocation);
    readNamed(names, loaded, invocation);
    for (const daemon of running) await daemon.reload(loaded);
    log.info({ file: loaded.file }, 'configuration reloaded');
    await tellIgnoredPortal(loaded, log);
    await noteReload(running, started, null, log);
  } catch (error) {
    log.error({ error: describeError(error) }, 'configuration not reloaded, the earlier one stays');
    await noteReload(running, started, error ?? new Error('unknown'), log);
  }
}

/** What an operator sees of it: a daemon that goes on with an earlier configuration than the file's (null: it does not). */
async function noteReload(
  running: readonly Pick<Daemon, 'name'>[],
  loaded: LoadedConfig,
  failure: unknown,
  log: Logger,
): Promise<void> {
  try {
    const store = openExistingStore(loaded);
    try {
      const code = failure instanceof AppError ? failure.code : 'internal';
      const detail = failure instanceof Error ? failure.message : String(failure);
      const refused = failure === null ? null : { at: Date.now(), code, detail: maskUrlsIn(detail) };
      for (const { name } of running) await store.control.recordReload(name, refused);
    } finally {
      store.close();
    }
  } catch (error) {
    log.warn({ error: describeError(error) }, 'the reload was not noted');
  }
}

async function stopAll(running: readonly Daemon[], { io }: Invocation, log: Logger, told: unknown): Promise<void> {
  const force = setTimeout(() => {
    log.error({}, 'did not stop in time');
    io.exit(EXIT.failed);
  }, STOP_LIMIT_MS);
  force.unref();
  const startedAt = performance.now();
  const end = async (daemon: Daemon): Promise<void> => {
    const tookMs = (): number => Math.round(performance.now() - startedAt);
    try {
      await daemon.stop();
      log.info({ daemon: daemon.name, tookMs: tookMs() }, 'stopped');
    } catch (error) {
      // What has ended the process is told already.
      if (error === told) return;
      log.error({ daemon: daemon.name, tookMs: tookMs(), error: describeError(error) }, 'did not stop cleanly');
    }
  };
  await Promise.all(running.map(end));
  clearTimeout(force);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}
