import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { HeldOperation } from '../../schemas/held-operation.ts';
import { OperationReason, type Operation } from '../../schemas/operation.ts';
import { EN } from '../messages/en.ts';
import { ES } from '../messages/es.ts';
import type { Language } from '../messages/messages.ts';
import { fillIn, reasonText } from '../reasons.ts';
import { Progress } from '../progress.ts';
import { inWords } from '../site-operation.ts';
import { heldLines } from '../show-held.ts';
import { table } from '../table.ts';
import { startCli } from './fixture.ts';
import { siteBox } from './site-box.ts';

const PUT_S5 = ['subscribers', 'put', 's5', '--name', 'Ana Pérez', '--router', 'r0', '--address', '100.64.0.5'];
const TOKEN = 'tok-Zk3vQ9mT7xpT4wX8';

test('a subscriber is put, shown, filtered and deleted, and what the API refuses is refused with its words', async () => {
  const { run } = await siteBox();
  const put = await run(...PUT_S5, '--address', '2001:DB8:64:5::/64', '--mac', 'AA-BB-CC-00-11-22', '--no-auto-notice');
  expect(put).toMatchObject({ code: 0, stdout: 'subscriber/s5: written\n' });
  expect(JSON.parse((await run('subscribers', 's5', '--json')).stdout)).toMatchObject({
    addresses: ['100.64.0.5', '2001:db8:64:5::/64'],
    mac: 'aabbcc001122',
    autoCut: true,
    autoNotice: false,
    observed: null,
  });
  expect((await run('subscribers')).stdout).toMatch(
    /^id +name .*since \/ held\ns5 +Ana Pérez +r0 +100\.64\.0\.5 \+1 +unknown/,
  );
  expect((await run('subscribers', '--cut', '--lang', 'es')).stdout).toBe('no hay abonados\n');
  const refused: readonly (readonly [readonly string[], number, string])[] = [
    [[...PUT_S5.slice(0, 2), 's6', ...PUT_S5.slice(3)], 1, '100.64.0.5 is held by subscriber s5'],
    [
      ['subscribers', 'put', 's6', '--name', 'B', '--router', 'r9', '--address', '100.64.0.6'],
      64,
      'no router r9; known: r0',
    ],
    [
      ['subscribers', 'put', 's6', '--name', 'B', '--router', 'r0', '--address', '127.0.0.1'],
      64,
      '--address: a loopback address',
    ],
    [
      ['subscribers', 'put', 's6', '--name', 'B', '--router', 'r0'],
      64,
      '--address (as often as he has addresses), --ppp or --mac',
    ],
    [
      ['subscribers', 'put', 'a b', '--name', 'B', '--router', 'r0', '--address', '100.64.0.6'],
      64,
      'not possible: a b',
    ],
    [['subscribers', 's9'], 1, 'there is no subscriber/s9'],
    [['subscribers', '--router', 'r9'], 64, 'no router r9'],
    [['cutoff', 's5'], 64, '--reason <TEXT> is missing'],
    [['cutoff', 's9', '--reason', 'x'], 1, 'there is no subscriber/s9'],
    [
      ['cutoff', 's5', '--reason', 'x', '--not-before', '2026-03-01T08:00:00'],
      64,
      '--not-before: must be RFC 3339 date-time with offset',
    ],
    [
      ['cutoff', 's5', '--reason', 'x', '--url', 'http://x.example/'],
      64,
      '--url: must be an https:// URL without spaces',
    ],
    [
      ['notices', 'put', 's5', 'custom', '--start', '2026-03-02T00:00:00Z', '--end', '2026-03-01T00:00:00Z'],
      64,
      '--end: lies before start',
    ],
    [['notices', 'put', 's5', 'nonsense'], 64, 'not possible'],
    [['restore', 's9'], 1, 'there is no subscriber/s9'],
    [['routers', 'r9'], 64, 'no router r9'],
    [['routers', 'reconcile', 'r9'], 64, 'no router r9'],
    [['routers', 'release', 'r0', 'op-nada'], 1, 'there is no operation/op-nada'],
    [['routers', 'claim', 'r0', 'nada', '--yes'], 1, 'there is no subscriber/nada'],
    [['events', '--subject', 's5'], 64, 'subscriber/s5'],
  ];
  for (const [args, code, said] of refused) {
    const ended = await run(...args);
    expect([args, ended.code, ended.stderr]).toEqual([args, code, expect.stringContaining(said)]);
  }
  expect(JSON.parse((await run(...PUT_S5, '--json')).stdout)).toMatchObject({ id: 's5', addresses: ['100.64.0.5'] });
  expect(JSON.parse((await run('subscribers', 'delete', 's5', '--json')).stdout)).toEqual({ id: 's5', deleted: true });
  expect((await run('subscribers')).stdout).toBe('no subscribers\n');
});

test('what is asked while no agent runs is stored, and says so; what is to begin later is done as asked', async () => {
  const { run, up } = await siteBox();
  await run(...PUT_S5);
  const alone = await run('cutoff', 's5', '--reason', 'Factura vencida');
  expect([alone.code, alone.stdout]).toEqual([75, expect.stringContaining('the agent does not run: it is stored')]);
  const later = await run('cutoff', 's5', '--reason', 'x', '--not-before', '2999-01-01T00:00:00-03:00', '--lang', 'es');
  expect([later.code, later.stdout]).toEqual([0, expect.stringContaining('empieza el 2999-01-01T00:00:00-03:00')]);
  await up();
  for (const verb of [
    ['cutoff', 's5', '--reason', 'x', '--not-before', '2999-01-01T00:00:00Z'],
    ['notices', 'put', 's5', 'custom', '--text', 'x', '--start', '2999-01-01T00:00:00Z'],
  ]) {
    const { code, stdout } = await run(...verb);
    expect([code, stdout]).toEqual([0, expect.stringContaining('begins at 2999-01-01T00:00:00Z')]);
    expect(stdout).not.toContain('goes on');
  }
  expect((await run('cutoff')).stdout).toMatch(
    /^id .*since +starts +reason\ns5 +Ana Pérez +r0 +scheduled +– +\d{4}-\d\d-\d\d +2999-01-01 \d\d:00:00Z +x\n$/,
  );
  await run('cutoff', 's5', '--reason', 'x', '--not-after', '2020-01-01T00:00:00Z', '--no-wait');
  expect((await run('cutoff', '--lang', 'es')).stdout).toMatch(/\ns5 +Ana Pérez +r0 +vencido /);
});

test('cut, notice and restore are shown state by state to their evidence, held with what to do; no token comes out', async () => {
  const box = await siteBox({ brake: { floor: 1, percent: 0, count: 1 } });
  const { run, router } = box;
  await run(...PUT_S5);
  await run('subscribers', 'put', 's6', '--name', 'Beto', '--router', 'r0', '--address', '100.64.0.6');
  await box.up();
  const cut = await run('cutoff', 's5', '--reason', 'Factura vencida', '--url', `https://x.example/a?token=${TOKEN}`);
  expect(cut.code).toBe(0);
  expect(cut.stdout).toMatch(
    /^subscriber\/s5: accepted\n(?:.*\n)*subscriber\/s5: verified\n {2}read back from r0 \(RouterOS 7\.24\) at /,
  );
  expect(cut.stdout).toMatch(/\n {4}\/ip proxy access \*\w+ {2}100\.64\.0\.5\n/);

  const held = await run('cutoff', 's6', '--reason', 'Factura vencida', '--lang', 'es');
  expect(held.code).toBe(75);
  expect(held.stdout).toMatch(
    /retenido\n {2}por qué: brake – El cambio es mayor[^\n]*\n {2}visto: [^\n]*\n {2}qué hacer: Decide una persona/,
  );
  expect(held.stdout).toMatch(/`wisp-edge routers release r0 op-[\w-]+`/);
  expect((await run('status')).stdout).toContain('as desired but for what is held');
  expect((await run('routers', 'r0', '--lang', 'es')).stdout).toMatch(
    /\nadvertencia \(brake\): 1 cambio espera a una persona\n {2}qué hacer: wisp-edge routers r0, luego wisp-edge routers release r0 OPERACIÓN\n/,
  );
  expect((await run('routers', '--lang', 'es')).stdout).toMatch(/\nr0 +manage +sí +salvo ret\. /);
  const { items } = JSON.parse((await run('subscribers', '--held', '--json')).stdout) as { items: { id: string }[] };
  expect(items.map(({ id }) => id)).toEqual(['s6']);
  const operation =
    /^held since [^:]*:\d\d:\d\dZ: brake – (op-\S+) \(cutoff\)$/m.exec((await run('routers', 'r0')).stdout)?.[1] ?? '';
  const unasked = await run('routers', 'release', 'r0', operation, '--lang', 'es');
  expect([unasked.code, unasked.stdout]).toEqual([64, '1 abonado será cortado en r0\n']);
  expect(await run('routers', 'release', 'r0', operation, '--yes')).toMatchObject({ code: 0 });
  const waitsForNothing =
    /"id": "(op-[^"]+)"/.exec((await run('routers', 'reconcile', 'r0', '--json')).stdout)?.[1] ?? '';
  const nothing = await run('routers', 'release', 'r0', waitsForNothing, '--yes', '--lang', 'es');
  expect([nothing.code, nothing.stderr]).toEqual([1, `${waitsForNothing} no está retenida en ningún lado\n`]);

  const notice = await run('notices', 'put', 's6', 'payment-due', '--text', 'Vence', '--once');
  expect([notice.code, notice.stdout]).toEqual([75, expect.stringContaining('cut-outranks')]);
  expect((await run('restore', 's6')).stdout).toMatch(/subscriber\/s6: verified\n {2}read back from r0/);
  expect((await run('notices', '--lang', 'es')).stdout).toMatch(
    /^abonado +tipo .*\ns6 +payment-due +\S+ +– +– +sí +Vence\n$/,
  );
  expect((await run('notices', 'end', 's6', 'payment-due')).code).toBe(0);
  const reissued = await run('notices', 'reissue', '--report');
  expect([reissued.code, reissued.stdout]).toEqual([
    0,
    expect.stringMatching(
      /pages lead to the portal’s present address[^]*subscriber +router +led to +leads to +state\n/,
    ),
  ]);
  expect((await run('routers', 'reconcile', 'r0', '--json')).stdout).toContain('"state": "verified"');

  const foreign = { list: 'Moroso', address: '100.64.0.6', comment: 'de Juan' };
  router.table('/ip/firewall/address-list').add(foreign);
  const row = router.table('/ip/firewall/address-list').find(foreign)?.['.id'] ?? '';
  const barred = await run('restore', 's6');
  expect([barred.code, barred.stdout]).toEqual([
    75,
    expect.stringContaining(
      `\`/ip firewall address-list remove ${row}\`, or hand it over: \`wisp-edge routers claim r0 s6\``,
    ),
  ]);
  await run('routers', 'reconcile', 'r0');
  const asked = await run('routers', 'claim', 'r0', 's6');
  expect([asked.code, asked.stderr]).toEqual([64, expect.stringContaining('--yes')]);
  expect(asked.stdout).toMatch(/holds 100\.64\.0\.6 and is not ours/);
  expect(asked.stdout).toMatch(/\n {2}s6: [^\n]* – is removed, he is to be open\n/);
  const claimed = await run('routers', 'claim', 'r0', 's6', '--yes');
  expect([claimed.code, claimed.stdout]).toEqual([0, expect.not.stringMatching(/subscribers: \d/)]);
  const idle = await run('routers', 'claim', 'r0', 's6', '--yes');
  expect([idle.code, idle.stdout]).toEqual([0, expect.stringContaining('there is nothing to claim')]);
  expect(router.table('/ip/firewall/address-list').find({ address: '100.64.0.6' })).toBeUndefined();

  expect((await run('routers')).stdout).toMatch(/^id .*last error\nr0 +manage +up +yes +7\.24 +1 +0 /);
  const events = await run('events', '--type', 'operation.', '--subject', 'subscriber/s6', '--limit', '2');
  expect(events.stdout).toMatch(
    /^\d+ {2}\d{4}-\d\d-\d\d [\d:]{8}Z {2}operation\.\w+ {2}subscriber\/s6 {2}.*\n\d+ .*\n$/,
  );
  for (const args of [['events', '--limit', '10000'], ['subscribers', 's5'], ['cutoff'], ['cutoff', '--json']]) {
    const { stdout } = await run(...args);
    expect(stdout).not.toContain(TOKEN);
  }
}, 180_000);

test('a row that somebody took away is counted where its router is shown, in both languages', async () => {
  const { run, router, up } = await siteBox();
  await run(...PUT_S5);
  await up();
  expect((await run('cutoff', 's5', '--reason', 'x')).code).toBe(0);
  // A pass that finds nothing left to write is what later ones are compared with.
  await run('routers', 'reconcile', 'r0');
  const list = router.table('/ip/firewall/address-list');
  for (const row of list.rows()) if (row['list'] === 'Moroso') list.remove(row['.id'] ?? '');
  await run('routers', 'reconcile', 'r0');
  expect((await run('routers', 'r0', '--lang', 'es')).stdout).toMatch(/^cambiadas por otros +1 \(corregidas: 1\)$/m);
  expect((await run('routers', 'r0')).stdout).toMatch(/^changed by others +1 \(1 put right\)$/m);
  expect(JSON.parse((await run('routers', 'r0', '--json')).stdout)).toMatchObject({ drift: { found: 1, repaired: 1 } });
}, 60_000);

test('what a router that is away keeps waiting says so with its reason, and ends with 69 before its time', async () => {
  const { run, router, up } = await siteBox();
  await run(...PUT_S5);
  await router.unplug();
  await up();
  const cut = await run('cutoff', 's5', '--reason', 'x', '--lang', 'es');
  expect([cut.code, cut.stdout]).toEqual([
    69,
    expect.stringMatching(
      /\nr0 está sin conexión: router-unreachable: no se puede alcanzar el router [^]*\nqueda guardado, y se hará cuando el router vuelva\n$/,
    ),
  ]);
  expect((await run('restore', 's5')).code).toBe(69);
  const remedy = 'El servicio de la API está apagado o en otro puerto: /ip/service/print en el router.';
  const { stdout } = await run('routers', 'r0', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    lastError: {
      remedy: 'The API service is off or on another port: /ip/service/print on the router.',
      es: { remedy },
    },
  });
  expect((await run('routers', 'r0', '--lang', 'es')).stdout).toContain(remedy);
}, 60_000);

test.each(['SIGINT', 'SIGTERM'] as const)(
  'events --follow tells what happens, a JSON object a line, and ends cleanly on %s',
  async (signal) => {
    const { run, config } = await siteBox();
    await run(...PUT_S5);
    const following = startCli(['--config', config, 'events', '--follow', '--json', '--type', 'subscriber.']);
    const lines: unknown[] = [];
    await new Promise<void>((resolve) => {
      following.child.stdout?.on('data', (text: string) => {
        for (const line of text.split('\n').filter((one) => one !== '')) lines.push(JSON.parse(line));
        if (lines.length === 1) void run(...PUT_S5, '--ppp', 'ana');
        else resolve();
      });
    });
    following.child.kill(signal);
    expect((await following.ended).code).toBe(0);
    expect(lines).toMatchObject([{ type: 'subscriber.changed' }, { subject: 'subscriber/s5' }]);
  },
);

test('the reason of every operation has its line and its remedy in both languages', () => {
  for (const { const: reason } of OperationReason.anyOf) {
    for (const language of ['en', 'es'] as const) {
      const text = reasonText(reason, language);
      expect([reason, language, text?.what, text?.todo]).toEqual([
        reason,
        language,
        expect.stringMatching(/^\S[^\n]*[.:]$/),
        expect.stringMatching(/^\S[^\n]*$/),
      ]);
    }
  }
  expect(reasonText('no-such-reason', 'en')).toBeNull();
});

test('a remedy names the row, router and operation that it is about; what is not known stays a word', () => {
  const operation: Operation = {
    id: 'op-1',
    kind: 'restore',
    subject: 'subscriber/m1',
    state: 'held',
    history: [{ state: 'held', at: '', evidence: { router: 'rb', row: '*25', list: 'Moroso', address: '100.64.2.1' } }],
  };
  const todo = (reason: string, about: Operation, language: Language = 'en') =>
    fillIn(reasonText(reason, language)?.todo ?? '', about);
  expect(todo('foreign-row', operation)).toMatch(/address-list remove \*25`.*claim rb m1`/);
  expect(todo('foreign-row', operation, 'es')).toMatch(/address-list remove \*25`.*claim rb m1`/);
  expect(todo('brake', operation)).toContain('wisp-edge routers release rb op-1');
  const six = { router: 'rb', row: '*2', address: '2001:db8::/64' };
  expect(todo('foreign-row', { ...operation, history: [{ state: 'held', at: '', evidence: six }] })).toContain(
    '/ipv6 firewall address-list remove *2',
  );
  const taken = { router: 'rb', detail: '100.64.0.9 is in use by pppoe user eva' };
  expect(todo('address-in-use', { ...operation, history: [{ state: 'held', at: '', evidence: taken }] })).toContain(
    '/ppp active print where address=100.64.0.9`',
  );
  expect(todo('foreign-row', { ...operation, history: [] })).toContain('address-list remove ROW`');
});

test('progress rewrites one line on a terminal, and the control characters of a name never reach it', () => {
  const stdout = new PassThrough();
  const progress = new Progress({ stdout, isTerminal: true });
  progress.step('a');
  progress.step('b');
  progress.end();
  expect(String(stdout.read())).toBe('\ra\u001b[K\rb\u001b[K\n');
  expect(table(['name', 'x'], [['\u001b[2J', 'y']]).join('')).not.toContain('\u001b');
});

test('numbers stand with the right noun, and what the API refuses is said in the person’s language', () => {
  expect(EN.doctor.sum(1, 1, 1)).toBe('1 error, 1 warning, 1 good to know');
  expect(ES.doctor.sum(1, 2, 1)).toBe('1 error, 2 advertencias, 1 dato');
  expect(ES.site.faults.detail('lies before start')).toBe('es anterior al comienzo');
  expect(EN.site.faults.detail('must match pattern "^https://[^x]$"')).toBe('must be an https:// URL without spaces');
  expect(ES.status.open(1, 1)).toBe('1 pendiente, 1 retenido');
  expect(inWords(['100.64.10.11', 'Moroso'], {})).toBe('100.64.10.11, Moroso');
  const parts = { r0: { total: 2, done: 1 }, r1: { total: 0, done: 0 } };
  expect(inWords(parts, ES.site.results)).toBe(
    'r0: tenían página 2, llevados de nuevo 1; r1: tenían página 0, llevados de nuevo 0',
  );
  expect(ES.site.reissueAwaits('p.example.net', 1, 3)).toMatch(/^espera a p\.example\.net: tiene 1 de 3 /);
  expect(ES.status.counts(1, 0, 1)).toBe('1 abonado, 0 con corte pedido, 1 aviso');
});

test('of many whom one operation holds the first are named and the others counted', () => {
  const nobody = { count: 0, first: [] };
  const held: HeldOperation = {
    operation: 'op-1',
    kind: 'desired-state',
    reason: 'brake',
    detail: 'x',
    since: '2026-03-01T12:00:00.000Z',
    cut: { count: 199, first: ['a', 'b', 'c', 'd'] },
    restored: nobody,
    noticed: nobody,
    limit: { scope: 'router', asked: 199, before: 3, allowed: 20, windowMinutes: 60 },
    way: 'release',
    commands: [{ sign: '+', row: 'cutoff:a', command: '/ip firewall address-list add list=Moroso' }],
    omitted: 7,
  };
  const plan = { router: 'rb-norte', heldOperations: [held] };
  expect(heldLines({ messages: EN }, plan, false)).toEqual([
    'held since 2026-03-01 12:00:00Z: brake – op-1 (desired-state)',
    '  199 subscribers would be cut: a, b, c (+196 more)',
    '  the limit: 20 in 60 min on this router; 3 were let through (cuts, and rows that an adoption took off), 199 are asked for',
    '  + /ip firewall address-list add list=Moroso',
    '  … and 7 more that are not kept',
    '  to let it through: wisp-edge routers release rb-norte op-1; on the whole site: wisp-edge release op-1',
    '  to withdraw it: the platform sends a newer snapshot without it',
  ]);
  expect(heldLines({ messages: ES }, plan, false)[1]).toBe('  199 abonados serían cortados: a, b, c (+196 más)');
  expect(ES.held.asked('cut', 199, 'rb-norte')).toBe('199 abonados serán cortados en rb-norte');
});

test('a table on a terminal keeps to its columns by cutting short what may be cut', () => {
  const rows = [['s5', 'A very long name that nobody reads to its end', 'r0', 'x'.repeat(40)]];
  const lines = table(['id', 'name', 'router', 'last'], rows, { width: 80, shrink: [[1, 8]] });
  for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(80);
  expect(lines[1]).toContain('…');
});
