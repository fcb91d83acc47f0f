import { describe, expect, onTestFinished, test } from 'vitest';
import { startLabRouter, type LabRouter, type LabRouterOptions } from '../../../lab/routeros/router.ts';
import { Secret } from '../../../schemas/secret.ts';
import { routerConnector } from '../../adapters/routeros/connect.ts';
import type { RouterSession, RouterTls } from '../../ports.ts';
import { errorOf, OPTIONS, target } from './harness.ts';

const MENU = '/ip/firewall/address-list';

/** The same drivers against a whole router, whose wire was written by somebody else. */
describe.each(['native', 'node-routeros'] as const)('the %s driver on a lab router', (driver) => {
  const connect = routerConnector(driver);

  async function start(options: LabRouterOptions): Promise<LabRouter> {
    const router = await startLabRouter(options);
    onTestFinished(() => router.close());
    return router;
  }

  async function openOn(
    router: LabRouter,
    tls: RouterTls = { kind: 'plain' },
    commandTimeoutMs = 5_000,
  ): Promise<RouterSession> {
    const port = tls.kind === 'plain' ? router.port : router.tlsPort;
    const session = await connect(target(port, { tls, password: new Secret('edge') }), {
      ...OPTIONS,
      commandTimeoutMs,
    });
    onTestFinished(() => session.close());
    return session;
  }

  const add = (session: RouterSession, address: string): Promise<{ readonly ret: string | null }> =>
    session.run({ path: `${MENU}/add`, attributes: { list: 'Moroso', address, comment: 'wisp-edge:cutoff:s1' } });

  describe.each(['6.49', '7.16', '7.24'] as const)('RouterOS %s', (version) => {
    test('rows are added, read by query, changed and removed', async () => {
      const session = await openOn(await start({ version }));
      const { ret } = await add(session, '192.0.2.10');
      expect(ret).toMatch(/^\*[0-9A-F]+$/);
      await add(session, '192.0.2.11');
      const print = {
        path: `${MENU}/print`,
        attributes: { '.proplist': '.id,address,disabled' },
        queries: ['list=Moroso', 'address=192.0.2.10', '#&'],
      };
      const { rows } = await session.run(print);
      expect(rows.map((row) => [row.get('.id'), row.get('address')])).toEqual([[ret, '192.0.2.10']]);
      await session.run({ path: `${MENU}/set`, attributes: { '.id': ret ?? '', disabled: 'yes' } });
      await session.run({ path: `${MENU}/remove`, attributes: { '.id': ret ?? '' } });
      expect((await session.run(print)).rows).toEqual([]);
    });

    test('traps become codes', async () => {
      const session = await openOn(await start({ version }));
      await add(session, '192.0.2.10');
      const codes = await Promise.all(
        [
          add(session, '192.0.2.10'),
          session.run({ path: `${MENU}/remove`, attributes: { '.id': '*FFFF' } }),
          session.run({ path: `${MENU}/add`, attributes: { nonsense: '1' } }),
          session.run({ path: '/no/such/menu/print' }),
        ].map((promise) => errorOf(promise).then(({ code }) => code)),
      );
      expect(codes).toEqual([
        'router-duplicate',
        'router-no-such-item',
        'router-unknown-parameter',
        'router-no-such-command',
      ]);
    });

    test('16 in flight of 500 adds all arrive', async () => {
      const session = await openOn(await start({ version }));
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let n = next++; n < 500; n = next++) await add(session, `192.0.${n >> 8}.${n & 255}`);
      };
      await Promise.all(Array.from({ length: 16 }, lane));
      const { rows } = await session.run({ path: `${MENU}/print`, attributes: { '.proplist': 'address' } });
      expect(new Set(rows.map((row) => row.get('address'))).size).toBe(500);
    });
  });

  test('both login forms are taken, a wrong password is final', async () => {
    await openOn(await start({ version: '6.49', login: 'challenge' }));
    for (const login of ['plain', 'challenge'] as const) {
      const router = await start({ login });
      const error = await errorOf(connect(target(router.port, { password: new Secret('wrong') }), OPTIONS));
      expect(error).toMatchObject({ code: 'router-login-refused', retryable: false });
    }
  });

  test('api-ssl is known by pin and by ca', async () => {
    const router = await start({ tls: true });
    const { sha256, certificatePem } = router.certificate ?? { sha256: '', certificatePem: '' };
    await add(await openOn(router, { kind: 'pin', sha256 }), '192.0.2.10');
    await add(await openOn(router, { kind: 'ca', pem: certificatePem }), '192.0.2.11');
    const wrong = { kind: 'pin', sha256: sha256.replace(/^./, sha256.startsWith('0') ? '1' : '0') } as const;
    expect((await errorOf(openOn(router, wrong))).code).toBe('router-tls');
  });

  test('a session too many is closed in login, and says where to look', async () => {
    const router = await start({ maxSessions: 1 });
    await openOn(router);
    const error = await errorOf(openOn(router));
    expect(error.code).toBe('router-closed');
    expect(error.remedy).toContain('max-sessions');
  });

  test('a listen hears of rows that come and go', async () => {
    const session = await openOn(await start({}));
    const heard: string[] = [];
    let onTwo: () => void = () => undefined;
    const two = new Promise<void>((resolve) => (onTwo = resolve));
    const listening = await session.listen(MENU, (row) => {
      heard.push(row.get('.dead') ?? row.get('address') ?? '');
      if (heard.length === 2) onTwo();
    });
    const { ret } = await add(session, '192.0.2.10');
    await session.run({ path: `${MENU}/remove`, attributes: { '.id': ret ?? '' } });
    await two;
    expect(heard).toEqual(['192.0.2.10', 'yes']);
    await listening.stop();
    expect(session.isOpen).toBe(true);
  });

  test.each([
    [{ kind: 'reset' }, 'router-closed'],
    [{ kind: 'reset', when: 'after' }, 'router-closed'],
    [{ kind: 'close' }, 'router-closed'],
    [{ kind: 'close', when: 'before' }, 'router-closed'],
    [{ kind: 'fatal' }, 'router-fatal'],
    [{ kind: 'hang' }, 'router-timeout'],
    [{ kind: 'half-sentence' }, 'router-timeout'],
    [{ kind: 'reboot' }, 'router-closed'],
  ] as const)('%j ends the session with everything in flight', async (fault, code) => {
    const router = await start({});
    const session = await openOn(router, { kind: 'plain' }, 60);
    router.faults.arm({ path: `${MENU}/print` }, { kind: 'stuck' });
    router.faults.arm({ path: `${MENU}/add` }, fault);
    const errors = await Promise.all([
      errorOf(add(session, '192.0.2.10')),
      errorOf(session.run({ path: `${MENU}/print` }, { timeoutMs: 5_000 })),
    ]);
    await session.closed;
    expect(errors.map((error) => error.code)).toEqual([code, code === 'router-timeout' ? 'router-closed' : code]);
  });

  test.each([{ kind: 'one-byte-chunks' }, { kind: 'unknown-word' }, { kind: 'duplicate-reply' }] as const)(
    '%j costs nothing',
    async (fault) => {
      const router = await start({});
      const session = await openOn(router);
      await Promise.all(Array.from({ length: 50 }, (_, n) => add(session, `192.0.2.${n}`)));
      router.faults.arm({ path: `${MENU}/print` }, fault);
      expect((await session.run({ path: `${MENU}/print` })).rows).toHaveLength(50);
      expect((await session.run({ path: `${MENU}/print` })).rows).toHaveLength(50);
    },
  );

  test('a stuck command is cancelled by its deadline, the others go on', async () => {
    const router = await start({});
    const session = await openOn(router);
    router.faults.arm({ path: `${MENU}/print` }, { kind: 'stuck' });
    const stuck = errorOf(session.run({ path: `${MENU}/print` }, { timeoutMs: 60 }));
    await add(session, '192.0.2.10');
    expect((await stuck).code).toBe('router-timeout');
    expect((await session.run({ path: `${MENU}/print` })).rows).toHaveLength(1);
  });
});
