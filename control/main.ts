import { randomBytes, randomInt } from 'node:crypto';
import { Server as TlsServer } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { contains, parseAddress } from '../schemas/address.ts';
import { AppError, describeError } from '../schemas/app-error.ts';
import type { AgentConfig } from '../schemas/config/agent.ts';
import type { GardenBundle } from '../schemas/garden-bundle.ts';
import type { ControlConfig, Listen } from '../schemas/config/control.ts';
import type { ProvisionerConfig } from '../schemas/config/provisioner.ts';
import type { SecretSource } from '../schemas/config/secret-source.ts';
import { Secret } from '../schemas/secret.ts';
import { acquireLock, type Lock } from '../store/lock.ts';
import { readPublicKey } from '../store/keys.ts';
import { openStore, type Store } from '../store/sqlite/open.ts';
import { fingerprintKey } from './fingerprint-key.ts';
import type { TlsMaterial } from './http/listener.ts';
import { takesConnections } from '../store/own-listener.ts';
import { startPruning } from './pruning.ts';
import { buildServer } from './server.ts';
import { settingsOf } from './settings.ts';
import { readVersion } from './version.ts';

export interface ControlOptions {
  readonly site: string;
  readonly dataDir: string;
  readonly log: Logger;
  /** Ends control, as `stop()` does. */
  readonly signal: AbortSignal;
  readonly config: ControlConfig;
  /** The agent's section, for its routers and its portal; null when this box has none. */
  readonly agent: AgentConfig | null;
  /** Bundles that a walled garden may name. */
  readonly bundles: readonly GardenBundle[];
  /** The provisioner's section, for its public URL and its registrars; null when this box has none. */
  readonly provisioner: ProvisionerConfig | null;
  readonly readSecret: (source: SecretSource) => Secret;
  readonly readText: (path: string) => string;
}

export interface RunningControl {
  readonly url: string;
  /** Closes within 5 s: streams end, waiting requests are answered, the rest is cut off. */
  stop(): Promise<void>;
  /** Resolves when control has ended; rejects when it ended by a fault. */
  readonly done: Promise<void>;
  /** True when the store answers and the listener takes connections; rejects when the store cannot be read. */
  isHealthy(): Promise<boolean>;
  /** Takes over tokens, routers, portal, registrars and certificate; a new listen address needs a restart. */
  reload(
    config: ControlConfig,
    agent: AgentConfig | null,
    provisioner: ProvisionerConfig | null,
    bundles: readonly GardenBundle[],
  ): Promise<void>;
}

/** 128 bits; in hex digits, which a phone's keypad can type. */
const TOKEN_BYTES = 16;

/** Small enough that a control that starts every second for years counts no further than a number is exact. */
const SHOWN_CHANCE = 2 ** 20;

/** Opens the store, listens, and serves until stopped. */
export async function startControl(options: ControlOptions): Promise<RunningControl> {
  const { site, dataDir, log, config } = options;
  const tls = tlsOf(config, options);
  const key = fingerprintKey(dataDir);
  // Two of them would both take generations in and both forget what is old.
  const lock = acquireLock(dataDir, 'control');
  const store = openLocked(lock, options);
  const settings = { current: settingsOf(config, options.agent, options.provisioner, options.bundles) };
  const { promise: ended, resolve, reject } = deferred();
  // Nobody need wait for `done`; a fault is logged where it happens.
  ended.catch(() => undefined);
  const ending = new AbortController();
  const close = async (app: FastifyInstance, fault: unknown): Promise<void> => {
    if (ending.signal.aborted) return ended.catch(() => undefined);
    ending.abort();
    await app.close();
    store.close();
    lock.release();
    if (fault === undefined) resolve();
    else reject(fault);
  };
  const app = buildServer({
    site,
    version: readVersion(),
    store: store.control,
    clock: { now: () => Date.now() },
    newId: () => freshId('op'),
    newRotation: () => freshId('rot'),
    newToken: () => new Secret(randomBytes(TOKEN_BYTES).toString('hex')),
    fingerprintKey: key,
    settings: () => settings.current,
    log,
    tls,
    onFault: (error) => {
      log.fatal({ error: describeError(error) }, 'the journal can be read no longer');
      void close(app, error);
    },
  });
  const begin = async (): Promise<string> => {
    await store.control.beginShown(randomInt(SHOWN_CHANCE));
    return listen(app, config.listen, tls !== null);
  };
  const url = await begin().catch(async (error: unknown) => {
    await app.close();
    store.close();
    lock.release();
    throw error;
  });
  startPruning(store.control, log, ending.signal);
  const stop = (): Promise<void> => close(app, undefined);
  options.signal.addEventListener('abort', () => void stop(), { once: true });
  if (options.signal.aborted) await stop();
  log.info({ url, site, tls: tls !== null }, 'control is listening');
  return {
    url,
    stop,
    done: ended,
    isHealthy: async () => {
      await store.control.head();
      return takesConnections(app.server);
    },
    reload: async (next, agent, provisioner, bundles) => {
      const material = tlsOf(next, options);
      settings.current = settingsOf(next, agent, provisioner, bundles);
      if (app.server instanceof TlsServer && material !== null) app.server.setSecureContext({ ...material });
      const isMoved = next.listen.host !== config.listen.host || next.listen.port !== config.listen.port;
      if (isMoved || (material === null) !== (tls === null)) log.warn({}, 'the new listen address needs a restart');
      log.info({ tokens: next.tokens.length, routers: settings.current.routers?.length ?? null }, 'control reloaded');
      return Promise.resolve();
    },
  };
}

/** Ids sort by the time they were made. */
function freshId(kind: 'op' | 'rot'): string {
  return `${kind}-${Date.now().toString(36)}-${randomBytes(8).toString('hex')}`;
}

function openLocked(lock: Lock, { dataDir, site, log }: ControlOptions): Store {
  try {
    return openStore({ file: join(dataDir, 'wisp-edge.db'), site, sealTo: provisionerKey(dataDir, log) });
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Control writes SIP keys and tokens and never reads one. A site without phones works without the key. */
function provisionerKey(dataDir: string, log: Logger): { readonly provisioner: string } | undefined {
  try {
    return { provisioner: readPublicKey(dataDir, 'provisioner') };
  } catch (error) {
    log.warn({ error: describeError(error) }, 'no SIP key or token of a phone can be accepted');
    return undefined;
  }
}

function deferred(): { readonly promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  const settle: { resolve: () => void; reject: (error: unknown) => void } = {
    resolve: () => undefined,
    reject: () => undefined,
  };
  const promise = new Promise<void>((resolve, reject) => {
    settle.resolve = resolve;
    settle.reject = (error) => {
      reject(error instanceof Error ? error : new Error(String(error)));
    };
  });
  return {
    promise,
    resolve: () => {
      settle.resolve();
    },
    reject: (error) => {
      settle.reject(error);
    },
  };
}

async function listen(app: FastifyInstance, { host, port }: Listen, isTls: boolean): Promise<string> {
  try {
    await app.listen({ host, port, listenTextResolver: () => 'listening' });
  } catch (cause) {
    throw new AppError('listen-failed', `cannot listen at ${host} port ${String(port)}`, {
      remedy: 'Another process may hold the port (`ss -ltnp`), or the address is none of this box: see control.listen.',
      retryable: false,
      cause,
    });
  }
  const address = app.server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `${isTls ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${String(bound)}`;
}

/** A token over plain HTTP is everybody's: anything but loopback needs TLS. */
function tlsOf(config: ControlConfig, options: ControlOptions): TlsMaterial | null {
  if (config.tls !== undefined) {
    const material = {
      cert: options.readText(config.tls.certificate),
      key: options.readSecret(config.tls.key).reveal(),
    };
    try {
      createSecureContext(material);
    } catch (cause) {
      throw new AppError('config-invalid', 'control.tls: certificate and key do not make a pair that TLS can use', {
        remedy: 'Check that both are PEM files, and that the key is the one of the certificate.',
        retryable: false,
        cause,
      });
    }
    return material;
  }
  if (isLoopback(config.listen.host)) return null;
  throw new AppError(
    'config-invalid',
    `control.listen.host ${config.listen.host} is not loopback and control.tls is missing`,
    {
      remedy: 'Set control.tls, or listen at 127.0.0.1 behind a proxy that speaks TLS.',
      retryable: false,
    },
  );
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const address = parseAddress(host);
  return ['127.0.0.0/8', '::1'].some((text) => {
    const range = parseAddress(text);
    return range !== null && address !== null && contains(range, address);
  });
}
