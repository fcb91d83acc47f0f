import type { LabRouter, LabRouterOptions } from '../../../lab/routeros/router.ts';
import { freePort } from '../../../lab/test/free-port.ts';
import type { DoctorReport } from '../../../schemas/doctor.ts';
import type { Finding } from '../../../schemas/finding.ts';
import { Secret } from '../../../schemas/secret.ts';
import { systemClock } from '../../adapters/clock.ts';
import { makeProbes } from '../../adapters/doctor/probes.ts';
import { routerConnector } from '../../adapters/routeros/connect.ts';
import type { RouterSettings } from '../../core/settings.ts';
import type { Clock } from '../../ports.ts';
import { examineRouter, type DoctorDeps } from '../../doctor/examine-router.ts';
import type { DoctorProbes } from '../../doctor/ports.ts';
import { RouterTurn } from '../../router-turn.ts';
import { ROUTER_PASSWORD, scene, SETTINGS, type Scene } from '../worker/harness.ts';

export const LEAST = ['read', 'write', 'api'];

export interface ClinicOptions {
  readonly router?: LabRouterOptions;
  readonly settings?: Partial<RouterSettings>;
  readonly probes?: Partial<DoctorProbes>;
  readonly clock?: Clock;
}

/** A router that our worker brought to where it should be, and a doctor for it. */
export interface Clinic extends Scene {
  /** The port of the proxy on the router, and on this machine as a host beside the router meets it. */
  readonly port: number;
  readonly examine: (over?: Partial<DoctorDeps>, isSelfTest?: boolean) => Promise<DoctorReport>;
}

/** As an engineer should leave it: TLS pinned, least rights, services shut, our rules in place. */
export async function clinic(options: ClinicOptions = {}): Promise<Clinic> {
  const port = await freePort();
  const settings = { ...SETTINGS, port, ...options.settings };
  const probes = makeProbes();
  const quick: DoctorProbes = {
    ...probes,
    // The portal's addresses are examples: what answers there from here is nobody we know.
    reachPortal: () => Promise.resolve(null),
    // What the input chain drops stays silent, and 127.0.0.1 is quick.
    askProxy: (host, at, ask) => probes.askProxy(host, at, { ...ask, timeoutMs: 300 }),
    ...options.probes,
  };
  const world = await scene({
    settings: { port, ...options.settings },
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    probes: quick,
    target: ({ certificate, tlsPort }) =>
      certificate === null ? {} : { port: tlsPort, tls: { kind: 'pin', sha256: certificate.sha256 } },
    router: {
      tls: true,
      groups: { 'wisp-edge': LEAST },
      users: [
        { name: 'edge', password: ROUTER_PASSWORD },
        { name: 'box', password: ROUTER_PASSWORD, group: 'wisp-edge' },
      ],
      ...options.router,
    },
  });
  const { router } = world;
  await router.ownPort(port);
  if (settings.mode === 'manage') await world.converged();
  shutServices(router);
  return {
    ...world,
    get worker() {
      return world.worker;
    },
    port,
    examine: (over = {}, isSelfTest = false) =>
      examineRouter(
        {
          target: {
            id: 'r0',
            host: router.host,
            port: router.tlsPort,
            tls: { kind: 'pin', sha256: router.certificate?.sha256 ?? '' },
            user: 'box',
            password: new Secret(ROUTER_PASSWORD),
          },
          settings,
          portal: { domain: 'clientes.example.net', cnameTargets: [], addresses: [], walledGarden: [] },
          connect: routerConnector('native'),
          probes: quick,
          resolve: null,
          store: world.store.agent,
          commandTimeoutMs: 2000,
          clock: systemClock,
          turn: new RouterTurn(),
          signal: new AbortController().signal,
          ...over,
        },
        isSelfTest,
      ),
  };
}

function shutServices(router: LabRouter): void {
  const services = router.table('/ip/service');
  for (const row of services.rows().filter((one) => one['dynamic'] !== 'true')) {
    services.set(row['.id'] ?? '', {
      address: '127.0.0.1/32',
      ...(row['name'] === 'api' && router.certificate !== null ? { disabled: 'yes' } : {}),
    });
  }
}

export function codes({ findings }: DoctorReport): readonly string[] {
  return findings.map(({ code }) => code);
}

export function found({ findings }: DoctorReport, code: string): Finding {
  const finding = findings.find((one) => one.code === code);
  if (finding === undefined) throw new Error(`no ${code} among ${findings.map((one) => one.code).join(', ')}`);
  return finding;
}
