import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import type { LeakWatch } from '../../lab/leaks/leak-watch.ts';
import { learnFromRequest, learnTokens } from '../../lab/leaks/learn.ts';
import { leakWatch, watchedLog } from '../../lab/test/watched.ts';
import type { Scope } from '../../schemas/config/control.ts';
import { Problem } from '../../schemas/problem.ts';
import { Secret } from '../../schemas/secret.ts';
import { generateSealKeys } from '../../store/sealed.ts';
import { openStore, type Store } from '../../store/sqlite/open.ts';
import { matchesTemplate } from '../core/path-match.ts';
import type { StreamLimits } from '../event-streams.ts';
import { problemsOf } from '../http/openapi.ts';
import { validatorOf } from '../http/validate.ts';
import { ROUTES } from '../routes/table.ts';
import { buildServer } from '../server.ts';
import type { Settings } from '../settings.ts';

/** What a request got back, checked against the route's own declaration. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface TestSite {
  readonly app: FastifyInstance;
  readonly store: Store;
  /** Another connection to the same database, as the agent and the provisioner have one. */
  readonly other: Store;
  readonly log: string[];
  readonly settings: { current: Settings };
  now: number;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  put(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Reply>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Name of the token; null for none. */
  readonly as?: Scope | null;
}

const SCOPES: readonly Scope[] = ['admin', 'platform', 'operator', 'viewer'];
const isProblem = validatorOf(Problem);

/** The token of a scope in these tests. */
export function tokenOf(scope: Scope): string {
  return `test-token-${scope}`;
}

export const ANA = { name: 'Ana', router: 'r0', addresses: ['10.0.0.5'] };

/** A control server on a database of its own; gone when the test is. */
export async function testSite(options: { readonly streamLimits?: StreamLimits } = {}): Promise<TestSite> {
  const folder = mkdtempSync(join(tmpdir(), 'wisp-edge-control-'));
  const file = join(folder, 'wisp-edge.db');
  const watch = leakWatch();
  for (const scope of SCOPES) watch.learn(`the token of ${scope}`, tokenOf(scope));
  const { publicKey, privateKey } = generateSealKeys();
  const store = openStore({ file, site: 'norte-1', sealTo: { provisioner: publicKey } });
  const other = openStore({ file, site: 'norte-1', openWith: { provisioner: privateKey } });
  const log: string[] = [];
  const settings = { current: defaultSettings() };
  let made = 0;
  const site = { now: Date.parse('2026-03-01T12:00:00Z') };
  const app = buildServer({
    site: 'norte-1',
    version: '0.0.0-test',
    store: store.control,
    clock: { now: () => site.now },
    newId: () => `op-${String((made += 1))}`,
    newRotation: () => `rot-${String((made += 1))}`,
    newToken: () => new Secret(`phone-token-${String((made += 1))}`),
    fingerprintKey: new Secret('test'),
    settings: () => settings.current,
    log: watchedLog(watch, (line) => log.push(line)),
    ...options,
  });
  await app.ready();
  onTestFinished(async () => {
    await app.close();
    store.close();
    other.close();
    watch.lookAtFiles(folder, () => false);
    rmSync(folder, { recursive: true });
  });
  const call = (method: string, path: string, how: CallOptions = {}): Promise<Reply> =>
    request(app, watch, method, path, how);
  return Object.assign(site, {
    app,
    store,
    other,
    log,
    settings,
    call,
    put: (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      call('PUT', path, { body, headers }),
  });
}

function defaultSettings(): Settings {
  return {
    tokens: SCOPES.map((scope) => ({
      name: scope,
      scopes: [scope],
      sha256: createHash('sha256').update(tokenOf(scope)).digest('hex'),
    })),
    central: { kind: 'none', staleAfterHours: 24 },
    routers: [
      { id: 'r0', mode: 'manage' },
      { id: 'r1', mode: 'observe' },
    ],
    bundles: [
      {
        name: 'recaptcha',
        about: { en: 'captcha', es: 'captcha' },
        hosts: ['www.google.com', '*.recaptcha.net'].map((host) => ({
          host,
          purpose: { en: 'script', es: 'script' },
          standing: 'documented' as const,
          source: 'a test',
        })),
      },
    ],
    portal: { domain: 'c.example.net', cnameTargets: ['portal.wisphub.net'], addresses: [], walledGarden: [] },
    phones: {
      publicUrl: 'https://phones.example.net',
      enrolMinutes: 60,
      encryption: 'off',
      hasCredentials: false,
      registrars: ['iplan'],
    },
  };
}

/** A path of a route, its places filled in with what the schemas take. */
export function samplePath(template: string): string {
  const places: Readonly<Record<string, string>> = { id: 'r0', kind: 'custom', mac: 'aabbcc001122', number: '1001' };
  return template.replace(/\{(\w+)\}/g, (_place, name: string) => places[name] ?? name);
}

async function request(
  app: FastifyInstance,
  watch: LeakWatch,
  method: string,
  path: string,
  how: CallOptions,
): Promise<Reply> {
  learnFromRequest(watch, `${method} ${path}`, how.body);
  const scope = how.as === undefined ? 'admin' : how.as;
  const answer = await app.inject({
    method,
    url: path,
    headers: {
      ...(scope === null ? {} : { authorization: `Bearer ${tokenOf(scope)}` }),
      ...(how.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...how.headers,
    },
    ...(how.raw === undefined ? {} : { payload: how.raw }),
    ...(how.body === undefined ? {} : { payload: JSON.stringify(how.body) }),
  });
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
  const type = headers['content-type'] ?? '';
  const parsed: unknown = type.includes('json') && answer.body !== '' ? JSON.parse(answer.body) : {};
  const body = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  const reply = { status: answer.statusCode, headers, body, text: answer.body };
  checkDeclared(method, path, reply);
  if (path.endsWith('/enrol')) learnTokens(watch, body);
  else watch.look(`the answer of ${method} ${path}`, `${JSON.stringify(headers)} ${reply.text}`);
  return reply;
}

/** Every answer of every test must be one that the route declares; so OpenAPI tells the truth. */
function checkDeclared(method: string, path: string, { status, headers, body }: Reply): void {
  const [plain = ''] = path.split('?');
  const route = ROUTES.find((one) => one.method === method && matchesTemplate(one.path, plain));
  if (status >= 400) {
    if (method === 'HEAD') return;
    if (!(headers['content-type'] ?? '').startsWith('application/problem+json')) throw new Error('not a problem');
    const problem = isProblem(body);
    if (!problem.ok) throw new Error(`not a Problem: ${JSON.stringify(problem.faults)}`);
    if (problem.value.remedy === undefined) throw new Error('a problem without remedy');
    const isDeclared = route === undefined || problemsOf(route).some((code) => problem.value.type.endsWith(`:${code}`));
    if (!isDeclared && problem.value.type !== 'urn:wisp-edge:problem:malformed-request') {
      throw new Error(`${method} ${route.path} does not declare ${problem.value.type}`);
    }
    return;
  }
  const declared = route?.answers[status];
  if (route === undefined || method === 'HEAD') return;
  if (declared === undefined) throw new Error(`${method} ${route.path} does not declare ${String(status)}`);
  if (declared.schema === undefined) return;
  const answer = validatorOf(declared.schema)(body);
  if (!answer.ok) throw new Error(`${method} ${route.path} ${String(status)}: ${JSON.stringify(answer.faults)}`);
}
