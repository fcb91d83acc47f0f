import { expect, onTestFinished, test } from 'vitest';
import { startLabDns } from '../../../lab/dns/server.ts';
import { freePort } from '../../../lab/test/free-port.ts';
import { leakWatch, watchedLog } from '../../../lab/test/watched.ts';
import { AppError } from '../../../schemas/app-error.ts';
import { makeProbes } from '../../adapters/doctor/probes.ts';
import { makeResolver } from '../../adapters/dns/resolver.ts';
import { GardenDoctor, type GardenDoctorDeps } from '../../doctor/garden-doctor.ts';
import type { PortalFacts } from '../../core/doctor/facts.ts';
import { PORTAL, portalSite, type PortalSite } from '../portal/site.ts';

const answering = (address: string): PortalFacts => ({
  address,
  https: { kind: 'ok', why: '' },
  http: { kind: 'ok', why: '' },
});

interface Ward {
  readonly site: PortalSite;
  readonly doctor: GardenDoctor;
  readonly asked: string[];
  readonly time: { now: number };
  readonly never: AbortSignal;
  readonly codes: () => Promise<readonly (readonly [string, string])[] | undefined>;
}

async function ward(hosts: readonly string[], over: Partial<GardenDoctorDeps> = {}): Promise<Ward> {
  const site = await portalSite();
  const dns = await startLabDns();
  onTestFinished(() => dns.close());
  for (const host of hosts) dns.zones.a(host, ['198.51.100.7']);
  const asked: string[] = [];
  const time = { now: 1_800_000_000_000 };
  const shut = makeProbes({ https: await freePort(), http: await freePort() });
  const doctor = new GardenDoctor({
    store: site.store.agent,
    portal: { ...PORTAL, walledGarden: [...hosts, 'gone.example'] },
    bundles: [],
    resolve: makeResolver({ resolvers: [`${dns.host}:${dns.port}`], timeoutMs: 5000 }),
    // An address of the test's world stands for ports of this machine.
    reach: (address, host, options) => {
      asked.push(host);
      return host === 'open.example'
        ? Promise.resolve(answering(address))
        : shut.reachPortal('127.0.0.1', host, options);
    },
    clock: {
      now: () => time.now,
      monotonic: () => time.now,
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new AppError('aborted', 'stopped'));
          });
        }),
    },
    log: watchedLog(leakWatch()),
    ...over,
  });
  onTestFinished(() => doctor.stop());
  return {
    site,
    doctor,
    asked,
    time,
    never: new AbortController().signal,
    codes: async () =>
      (await site.store.control.siteDoctor())?.findings.map(({ code, detail }) => [code, detail.split(' ')[0] ?? '']),
  };
}

test('hosts that do not answer this box are found once for the site, whoever asks, and looked at again later', async () => {
  const { site, doctor, asked, time, never, codes } = await ward(['open.example', 'shut.example']);
  await Promise.all([doctor.look(never), doctor.look(never), doctor.look(never)]);
  const found = [
    ['garden-unreachable', 'shut.example'],
    ['garden-unreachable', 'gone.example'],
  ];
  expect(await codes()).toEqual(found);
  expect(asked.sort()).toEqual(['open.example', 'shut.example']);
  time.now += 299_000;
  await doctor.look(never);
  expect(asked).toHaveLength(2);
  time.now += 2_000;
  await doctor.look(never);
  expect(asked).toHaveLength(4);
  // Told when it is something else than before.
  expect(await site.entries('site.doctor')).toMatchObject([
    { subject: 'site/lab', router: null, data: { warnings: 2 } },
  ]);
  // Another garden is another matter, however lately it was.
  await site.put({ walledGarden: ['open.example'] });
  await doctor.look(never);
  expect(await codes()).toEqual([]);
  expect(await site.entries('site.doctor')).toHaveLength(2);
});

test('where none of several hosts is reached one finding says so', async () => {
  const { doctor, never, codes } = await ward(['shut.example']);
  await doctor.look(never);
  expect(await codes()).toEqual([['garden-none-reached', 'none']]);
});

test('what was not tried in time is not judged', async () => {
  const hosts = Array.from({ length: 9 }, (_, nth) => `host-${nth}.example`);
  const late: { ring: () => void } = { ring: () => undefined };
  const { doctor, never, codes } = await ward(hosts, {
    reach: (address, host, { signal }) => {
      if (host !== 'host-8.example') return Promise.resolve(host === 'host-0.example' ? null : answering(address));
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new AppError('aborted', 'stopped'));
        });
        late.ring();
      });
    },
    clock: {
      now: () => 0,
      monotonic: () => 0,
      sleep: () =>
        new Promise((resolve) => {
          late.ring = resolve;
        }),
    },
  });
  await doctor.look(never);
  expect(await codes()).toEqual([['garden-unreachable', 'host-0.example']]);
});

test('who is stopped does not wait for the others, and a doctor that is stopped writes nothing', async () => {
  const begun: { ring: () => void } = { ring: () => undefined };
  const isBegun = new Promise<void>((resolve) => {
    begun.ring = resolve;
  });
  const { doctor, codes } = await ward(['shut.example'], {
    reach: (_address, _host, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new AppError('aborted', 'stopped'));
        });
        begun.ring();
      }),
  });
  const stopped = new AbortController();
  const look = doctor.look(stopped.signal);
  await isBegun;
  stopped.abort();
  await look;
  await doctor.stop();
  expect(await codes()).toBeUndefined();
});

test('without a resolver nothing is tried and nothing said', async () => {
  const { doctor, asked, never, codes } = await ward(['shut.example'], { resolve: null });
  await doctor.look(never);
  expect([asked, await codes()]).toEqual([[], undefined]);
});
