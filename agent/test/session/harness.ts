import { readFileSync } from 'node:fs';
import { expect, onTestFinished } from 'vitest';
import { AppError } from '../../../schemas/app-error.ts';
import { Secret } from '../../../schemas/secret.ts';
import type { ConnectRouter, RouterSession, RouterTarget, RouterTls, SessionOptions } from '../../ports.ts';
import { startScriptedRouter, type ScriptedRouter, type ScriptedRouterOptions } from './scripted-router.ts';

export const PASSWORD = 'correct horse battery';

export function target(port: number, changes: Partial<RouterTarget> = {}): RouterTarget {
  return {
    id: 'rb-test',
    host: '127.0.0.1',
    port,
    tls: { kind: 'plain' },
    user: 'edge',
    password: new Secret(PASSWORD),
    ...changes,
  };
}

/** Deadlines far above what 127.0.0.1 needs; tests of deadlines pass their own. */
export const OPTIONS: SessionOptions = { connectTimeoutMs: 5_000, commandTimeoutMs: 5_000 };

/** A scripted router that the test's end stops. */
export async function scripted(options: ScriptedRouterOptions = {}): Promise<ScriptedRouter> {
  const router = await startScriptedRouter(options);
  onTestFinished(() => router.stop());
  return router;
}

/** A session that the test's end closes. */
export async function open(
  connect: ConnectRouter,
  router: ScriptedRouter,
  options: Partial<SessionOptions> = {},
  tls: RouterTls = { kind: 'plain' },
): Promise<RouterSession> {
  const session = await connect(target(router.port, { tls }), { ...OPTIONS, ...options });
  onTestFinished(() => session.close());
  return session;
}

/** The error a promise ends in, which never shows the password (I9); anything else than an AppError, or no error, fails the test. */
export async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof AppError) {
      expect(shown(error)).not.toContain(PASSWORD);
      return error;
    }
    throw error;
  }
  throw new Error('it resolved');
}

/** Everything an error would show in a log, causes included. */
export function shown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${JSON.stringify(error)} ${error.stack ?? ''} ${error.message} ${shown(error.cause)}`;
}

export function certificate(name: string): string {
  return readFileSync(new URL(`certificates/${name}`, import.meta.url), 'utf8');
}
