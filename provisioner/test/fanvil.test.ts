import { expect, test } from 'vitest';
import { testSite, until } from './rotation/site.ts';

const [OLD, NEW] = ['old-key-of-1001-aaaa', 'new-key-of-1001-bbbb'];

test.each(['fanvil-xml', 'fanvil-text'] as const)(
  'I11: a %s takes what only the configuration changed, and no more than once',
  async (vendor) => {
    const site = await testSite();
    const phone = await site.phone('1001', OLD, { vendor });
    const place = (host: string): string => `${host}:${site.registrar.port}`;
    const registrar = { id: 'iplan', uri: `sip:${place('127.0.0.1')};transport=udp`, probeMode: 'query' } as const;
    const last = (): unknown => phone.fetches.findLast(({ file }) => file === `${phone.mac}.cfg`)?.applied;
    // A registrar that is gone leaves the line as it is; what is mended is taken, though the phone has a file since.
    await site.configure({ registrars: [] });
    await phone.poll();
    expect([last(), phone.lines.length]).toEqual(['applied', 1]);
    await site.configure({ registrars: [{ ...registrar, domain: place('localhost') }] });
    await phone.poll();
    expect(phone.lines).toMatchObject([{ user: '1001', host: 'localhost' }]);

    const { sha256 } = phone.fetches.at(-1) ?? {};
    await site.restart();
    await phone.poll();
    expect(phone.fetches.at(-1)).toMatchObject({ sha256, applied: 'skipped' });

    await site.configure({ registrars: [{ ...registrar, domain: place('127.0.0.1') }] });
    await until('it is registered again', async () => {
      await phone.poll();
      return phone.lines[0]?.host === '127.0.0.1';
    });
    site.registrar.setKeys('1001', OLD, NEW);
    const id = await site.rotate({ '1001': NEW });
    expect((await site.untilRotation(id, ({ end }) => end !== null)).end).toBe('committed');
    await phone.untilRegistered('1001', NEW);
  },
);
