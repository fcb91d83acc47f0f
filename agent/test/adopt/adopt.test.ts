import { expect, test } from 'vitest';
import { killAtEveryWrite, Watch, reachOf, rowsWithoutIds, wisphubScene } from './wisphub-site.ts';

const VERSIONS = ['6.49', '7.16', '7.24'] as const;

test.each(VERSIONS)(
  'I2 I3 I4: on %s WispHub’s whole rule set with its drift is taken over and handed back, nobody wrongly cut or uncut after any command',
  async (version) => {
    const { router, settle, converged } = await wisphubScene(version);
    const before = rowsWithoutIds(router);
    const watch = new Watch(router);
    watch.look('nothing');
    expect(watch.harm).toEqual([]);
    expect(await settle({ kind: 'adopt', router: 'r0', step: 'claim' })).toMatchObject({ state: 'verified' });
    expect(await settle({ kind: 'adopt', router: 'r0', step: 'manage' })).toMatchObject({ state: 'verified' });
    expect(watch.harm).toEqual([]);
    await converged();
    expect(
      router
        .table('/ip/firewall/nat')
        .rows()
        .filter((row) => row['comment']?.startsWith('WispHub') && row['disabled'] !== 'true'),
    ).toEqual([]);
    for (const address of ['100.64.10.11', '100.64.10.41'])
      expect(reachOf(router, address)).toMatchObject({ http: false, https: false, portalHttps: true });
    watch.handBack();
    const back = await settle({ kind: 'adopt', router: 'r0', step: 'hand-back' });
    expect(back).toMatchObject({ state: 'verified', result: { withheld: [], opened: [] } });
    expect(watch.harm).toEqual([]);
    expect(rowsWithoutIds(router)).toEqual(before);
  },
);

test.each(VERSIONS)(
  'I4 I7: on %s the same holds when the agent is ended at every write, on the way there and on the way back',
  { timeout: 240_000 },
  async (version) => {
    const site = await wisphubScene(version);
    const { router, settle, settled, ask } = site;
    const before = rowsWithoutIds(router);
    const watch = new Watch(router);
    await settle({ kind: 'adopt', router: 'r0', step: 'claim' });
    const there = killAtEveryWrite(site);
    expect(await settled(await ask({ kind: 'adopt', router: 'r0', step: 'manage' }))).toMatchObject({
      state: 'verified',
    });
    expect(await there()).toBeGreaterThan(60);
    expect(watch.harm).toEqual([]);
    watch.handBack();
    const back = killAtEveryWrite(site);
    expect(await settled(await ask({ kind: 'adopt', router: 'r0', step: 'hand-back' }))).toMatchObject({
      state: 'verified',
      result: { withheld: [], opened: [] },
    });
    expect(await back()).toBeGreaterThan(60);
    expect(watch.harm).toEqual([]);
    expect(rowsWithoutIds(router)).toEqual(before);
  },
);
