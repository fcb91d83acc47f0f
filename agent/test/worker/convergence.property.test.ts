import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startLabRouter } from '../../../lab/routeros/router.ts';
import { systemClock } from '../../adapters/clock.ts';
import { verdicts } from '../../core/verdict.ts';
import { rowsOf } from '../../core/observed.ts';
import { observe } from '../../observe.ts';
import { converge, openSession } from './convergence.ts';
import { BACKENDS, LISTENER, PORTAL_ADDRESS, SETTINGS } from './harness.ts';
import {
  commit,
  dhcpMischiefArbitrary,
  doubles,
  foreignRows,
  furnishDhcp,
  goods,
  mischiefArbitrary,
  PHONE_DHCP,
  wishesArbitrary,
} from './wild-router.ts';

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 12);
const PASSES = 6;

const VERSIONS = ['6.49', '7.16', '7.24'] as const;
const CASES = VERSIONS.flatMap((version) =>
  (['web-proxy', 'notice-server'] as const).map((to) => [version, to] as const),
);

test.each(CASES)(
  'I3 I4 I5: on %s any router converges to %s, step by step without harm, and nothing foreign is touched',
  async (version, to) => {
    const base = { ...SETTINGS, backend: BACKENDS[to] };
    await fc.assert(
      fc.asyncProperty(
        wishesArbitrary,
        wishesArbitrary,
        fc.array(mischiefArbitrary, { maxLength: 14 }),
        fc.array(mischiefArbitrary, { maxLength: 4 }),
        fc.constantFrom('home' as const, 'empty' as const),
        fc.constantFrom('web-proxy' as const, 'notice-server' as const),
        fc.array(dhcpMischiefArbitrary, { maxLength: 4 }),
        fc.boolean(),
        async (before, wanted, mischief, first, preset, from, dhcp, tells) => {
          const router = await startLabRouter({ version, preset });
          const settings = { ...base, ...(tells ? { phoneDhcp: PHONE_DHCP } : {}) };
          try {
            furnishDhcp(router);
            for (const one of first) commit(router, one);
            const session = await openSession(router);
            await converge(session, before, PASSES, { ...SETTINGS, backend: BACKENDS[from], phoneDhcp: PHONE_DHCP });
            for (const one of [...mischief, ...dhcp]) commit(router, one);

            const foreign = foreignRows(router);
            let good = goods(router, wanted);
            const worse: string[] = [];
            const stop = router.onCommand((request) => {
              const now = goods(router, wanted);
              for (const [name, was] of good)
                if (was && now.get(name) === false)
                  worse.push(`after ${request.path} ${JSON.stringify([...request.attributes])}: no longer ${name}`);
              good = now;
            });
            const { decision } = await converge(session, wanted, PASSES, settings);
            stop();
            expect(worse).toEqual([]);
            expect(foreignRows(router)).toEqual(foreign);
            expect(doubles(router)).toEqual([]);
            router.resetStats();
            await converge(session, wanted, 1, settings);
            expect(router.stats.writes).toEqual({});

            const { signal } = new AbortController();
            setMaxListeners(0, signal);
            const observed = await observe(session, {
              settings,
              commandTimeoutMs: 5000,
              expectedRows: 0,
              dialect: null,
              readsSessions: false,
              forwards: [],
              hadForwards: false,
              hasDnsLists: null,
              wantsPhoneDhcp: false,
              hadPhoneDhcp: false,
              routes: null,
              clock: systemClock,
              signal,
            });
            expect(rowsOf(observed, '/ip/firewall/nat').length).toBeGreaterThan(0);
            const found = verdicts(wanted, [], decision, observed);
            for (const wish of wanted) {
              if (wish.cutoff === null || found.get(wish.id)?.isVerified !== true) continue;
              for (const text of wish.subscriber.addresses) {
                const isV6 = text.includes(':');
                const source = text.replace('.0/29', '.3');
                const destination = isV6 ? '2606:2800:220:1::1' : '93.184.216.34';
                const cut = router.probe({ source, destination, destinationPort: 443, protocol: 'tcp' });
                expect(`${source} ${cut.verdict}`).toBe(`${source} rejected`);
                if (isV6) continue;
                const portal = router.probe({
                  source,
                  destination: PORTAL_ADDRESS,
                  destinationPort: 443,
                  protocol: 'tcp',
                });
                expect(`${source} ${portal.verdict}`).toBe(`${source} accepted`);
                const page = router.probe({
                  source,
                  destination,
                  destinationPort: 80,
                  protocol: 'tcp',
                  http: { host: 'example.com' },
                });
                const shown =
                  to === 'web-proxy'
                    ? page.proxy?.kind === 'redirect'
                    : page.destination === LISTENER.address && page.verdict === 'accepted';
                expect([source, page.verdict, shown]).toEqual([source, page.verdict, true]);
              }
            }
            await session.close();
          } finally {
            await router.close();
          }
        },
      ),
      {
        numRuns: RUNS,
        ...(process.env['PROPERTY_SEED'] === undefined ? {} : { seed: Number(process.env['PROPERTY_SEED']) }),
      },
    );
  },
  Math.max(60_000, RUNS * 2_500),
);
