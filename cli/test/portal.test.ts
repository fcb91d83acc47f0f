import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../store/sqlite/open.ts';
import { startLabDns } from '../../lab/dns/server.ts';
import { cli, smallConfig, temporaryFolder, writeConfig } from './fixture.ts';
import { siteBox } from './site-box.ts';

const DOMAIN = 'clientes.example.net';
const PORTAL = { domain: DOMAIN, addresses: ['198.51.100.10'], walledGarden: ['recaptcha', 'pagos.example.net'] };

test('portal shows the chain at each resolver, the garden with the standing of each host, and what is wrong', async () => {
  const { run, config } = await siteBox({ portal: PORTAL });
  const chain = [DOMAIN, 'parking.example'];
  const store = openStore({ file: join(config, '../data/wisp-edge.db'), site: 'lab' });
  const seen = { firstSeen: Date.now(), lastSeen: Date.now() };
  await store.agent.recordPortalAddresses(
    Date.now(),
    [
      { ...seen, address: '203.0.113.66', host: DOMAIN, use: 'portal' },
      { ...seen, address: '203.0.113.66', host: 'viejo.example.net', use: 'portal' },
      { ...seen, address: '203.0.113.67', host: 'www.google.com', use: 'garden' },
    ],
    {
      at: Date.now(),
      domain: DOMAIN,
      resolvers: [
        { resolver: '192.0.2.53', outcome: 'answer', chain, addresses: ['203.0.113.66'], detail: null },
        { resolver: '192.0.2.54', outcome: 'timeout', chain: [], addresses: [], detail: 'no answer' },
      ],
      lead: { domain: 'viejo.example.net', cnameTargets: [] },
      awaited: { domain: DOMAIN, cnameTargets: ['portal.wisphub.net'], positive: 2, countedAt: 0, since: 0 },
      checks: 3,
      findings: [
        {
          code: 'portal-chain-outside',
          severity: 'error',
          detail: 'leads elsewhere',
          es: { detail: 'lleva a otra parte' },
        },
      ],
    },
  );
  const unreached = { code: 'garden-unreachable', severity: 'warning', detail: 'not reached' } as const;
  await store.agent.recordSiteDoctor({ checkedAt: new Date().toISOString(), findings: [unreached] });
  store.close();
  const shown = await run('portal', '--lang', 'en');
  expect(shown).toMatchObject({ code: 0, stderr: '' });
  expect(shown.stdout).toMatch(/notices lead to +viejo\.example\.net/);
  expect(shown.stdout).toMatch(/^ *addresses +203\.0\.113\.66$/m);
  expect(shown.stdout).toContain(`${DOMAIN}: 2 of 3 good checks in a row`);
  expect(shown.stdout).toMatch(/192\.0\.2\.53 +answers +clientes\.example\.net → parking\.example → 203\.0\.113\.66/);
  expect(shown.stdout).toMatch(/192\.0\.2\.54 +silent +no answer/);
  expect(shown.stdout).toMatch(/recaptcha +www\.google\.com +documented +1 address/);
  expect(shown.stdout).toMatch(/pagos\.example\.net +pagos\.example\.net +own +0 addresses/);
  expect((await run('status', '--lang', 'es')).stdout).toMatch(/portal ERROR: lleva a otra parte/);
  // Of the site, and so told once, however many routers there are.
  for (const verb of ['status', 'routers']) {
    const { stdout } = await run(verb, '--lang', 'en');
    expect([verb, stdout.match(/^portal (?:ERROR: leads elsewhere|warning: not reached)$/gm)]).toMatchObject([
      verb,
      { length: 2 },
    ]);
  }
  expect(JSON.parse((await run('routers', '--json')).stdout)).toMatchObject({ findings: { length: 2 } });
  expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ doctor: { findings: [unreached] } });
  const checked = await run('portal', 'check', '--lang', 'es');
  expect(checked.code).toBe(1);
  expect(checked.stdout).toMatch(/portal-chain-outside +lleva a otra parte/);
  expect(checked.stdout).not.toContain('www.google.com');
  expect(await run('portal', 'confirm', 'x.example', '--lang', 'es')).toMatchObject({ code: 1 });
  expect((await run('portal', 'confirm', DOMAIN.toUpperCase(), '--json')).stdout).toContain(`"host": "${DOMAIN}"`);
  expect((await run('events', '--type', 'portal.')).stdout).toContain('portal.changed');
  expect(JSON.parse((await run('portal', 'check', '--json')).stdout)).toMatchObject({
    chain: { resolvers: [{ chain }, {}] },
    garden: [
      { entry: 'recaptcha', kind: 'bundle' },
      { entry: 'pagos.example.net', kind: 'host' },
    ],
    findings: [{ code: 'portal-chain-outside' }, unreached],
  });
});

test('--reach resolves portal and garden now; what does not resolve is told by its weight', async () => {
  const dns = await startLabDns();
  const resolvers = [`${dns.host}:${dns.port}`];
  const portal = { ...PORTAL, walledGarden: ['tidio', 'recaptcha'], resolvers };
  const { run } = await siteBox({ portal });
  const { code, stdout } = await run('portal', 'check', '--reach', '--json');
  await dns.close();
  const { findings, reached } = JSON.parse(stdout) as {
    readonly findings: readonly { readonly code: string; readonly severity: string; readonly detail: string }[];
    readonly reached: readonly { readonly host: string; readonly outcome: string }[];
  };
  expect(code).toBe(1);
  expect(reached.find(({ host }) => host === DOMAIN)).toMatchObject({ outcome: 'unresolved' });
  const severity = (host: string): string | undefined =>
    findings.find((one) => one.code === 'garden-unreachable' && one.detail.includes(host))?.severity;
  expect([DOMAIN, 'www.google.com', 'code.tidio.co'].map(severity)).toEqual(['error', 'warning', 'info']);
});

test('--reach judges the chain as it is now, not as the agent saw it; before the agent asked it says so', async () => {
  const dns = await startLabDns();
  const TARGET = 'portal.wisphub.net';
  dns.zones.cname(DOMAIN, 'parking.example').a('parking.example', ['127.0.0.1', '203.0.113.66']);
  const resolvers = [`${dns.host}:${dns.port}`];
  const { run, config } = await siteBox({ portal: { domain: DOMAIN, cnameTargets: [TARGET], resolvers } });
  const early = await run('portal', 'check', '--lang', 'en');
  expect(early.stdout).toContain(`portal-unknown  DNS was not asked for ${DOMAIN} yet`);
  expect(early.stdout).not.toContain('CNAME of');
  const store = openStore({ file: join(config, '../data/wisp-edge.db'), site: 'lab' });
  const at = Date.now() - 600_000;
  const chain = [DOMAIN, TARGET];
  await store.agent.recordPortalAddresses(
    at,
    [{ address: '198.51.100.10', host: DOMAIN, use: 'portal', firstSeen: at, lastSeen: at }],
    {
      at,
      domain: DOMAIN,
      resolvers: [{ resolver: 'x', outcome: 'answer', chain, addresses: ['198.51.100.10'], detail: null }],
      lead: { domain: DOMAIN, cnameTargets: [TARGET] },
      awaited: null,
      checks: 3,
      findings: [],
    },
  );
  store.close();
  const known = await run('portal', 'check', '--lang', 'es');
  expect(known.code).toBe(0);
  expect(known.stdout).toMatch(/DNS consultado +\S.*, hace 10 min/);
  const now = await run('portal', 'check', '--reach', '--lang', 'en');
  await dns.close();
  expect(now.code).toBe(1);
  expect(now.stdout).toMatch(/answers +clientes\.example\.net → parking\.example → /);
  expect(now.stdout).toContain(`portal-chain-outside  ${DOMAIN} → parking.example reaches none of ${TARGET}`);
});

test('bundles are listed with purpose, standing and source; one of one’s own outranks the shipped one', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'mine'));
  const own = `name: bitly
about: { en: our short links, es: nuestros enlaces cortos }
hosts:
  - { host: go.example.net, purpose: { en: links, es: enlaces }, standing: unverified, source: ours }
`;
  writeFileSync(join(folder, 'mine/bitly.yaml'), own);
  const agent = { portal: { domain: DOMAIN, walledGarden: ['bitly'], bundlesDir: 'mine' }, routers: [] };
  const config = writeConfig(folder, { ...smallConfig(), agent });
  const { bundles } = JSON.parse((await cli(['--config', config, 'portal', 'bundles', '--json'])).stdout) as {
    readonly bundles: readonly { readonly name: string; readonly hosts: readonly { readonly host: string }[] }[];
  };
  expect(bundles.find(({ name }) => name === 'bitly')?.hosts.map(({ host }) => host)).toEqual(['go.example.net']);
  expect(bundles.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['recaptcha', 'paypal', 'stripe', 'mercadopago']),
  );
  const spanish = await cli(['--config', config, '--lang', 'es', 'portal', 'bundles']);
  expect(spanish.stdout).toMatch(/\*\.paypal\.com +documentado +todo PayPal/);

  writeFileSync(join(folder, 'mine/bitly.yaml'), own.replace('standing: unverified', 'standing: surely'));
  const broken = await cli(['--config', config, 'check']);
  expect(broken.code).toBe(78);
  expect(broken.stdout).toMatch(/mine\/bitly\.yaml:4/);
});

test.each([
  ['en', 'there is no bundle recapcha', 'Did you mean recaptcha?'],
  ['es', 'no hay ningún conjunto recapcha', '¿Quiso decir recaptcha?'],
] as const)(
  'a name that is neither a bundle nor a host is refused by check, with its place (%s)',
  async (lang, wrong, hint) => {
    const folder = temporaryFolder();
    const agent = { portal: { domain: DOMAIN, walledGarden: ['recapcha'] }, routers: [] };
    const { code, stdout } = await cli([
      '--config',
      writeConfig(folder, { ...smallConfig(), agent }),
      '--lang',
      lang,
      'check',
    ]);
    expect(code).toBe(78);
    expect(stdout).toContain(wrong);
    expect(stdout).toContain(hint);
    expect(stdout).toContain('agent.portal.walledGarden.0');
  },
);

test('portal and what stands below it completes', async () => {
  const { stdout } = await cli(['__complete', '--', 'portal', '']);
  expect(stdout.split('\n')).toEqual(expect.arrayContaining(['check', 'confirm', 'bundles']));
});
