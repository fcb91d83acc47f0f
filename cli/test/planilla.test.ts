import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { leakWatch } from '../../lab/test/watched.ts';
import { cli, smallConfig, temporaryFolder, writeConfig, type Ended } from './fixture.ts';

const KEY = 'geheim-Zk3vQ9mT7x';
const MAC = 'aabbcc001122';

interface Box {
  readonly folder: string;
  readonly run: (args: readonly string[]) => Promise<Ended>;
  /** Writes a planilla of these lines as Windows does, and gives its path. */
  readonly sheet: (...lines: readonly string[]) => string;
}

async function box(): Promise<Box> {
  const watch = leakWatch();
  watch.learn('a key of a planilla', KEY);
  const folder = temporaryFolder();
  const config = writeConfig(folder, {
    ...smallConfig(),
    provisioner: {
      listen: { host: '127.0.0.1', port: 0 },
      publicUrl: 'https://phones.example.net',
      registrars: [{ id: 'iplan', domain: 'sip.example.net', uri: 'sip:192.0.2.10', probeMode: 'query' }],
    },
  });
  const run = (args: readonly string[]): Promise<Ended> => cli(['--config', config, ...args], { watch, cwd: folder });
  await run(['init']);
  return {
    folder,
    run,
    sheet: (...lines) => {
      writeFileSync(join(folder, 'phones.csv'), Buffer.from(lines.join('\r\n'), 'latin1'));
      return 'phones.csv';
    },
  };
}

const HEADINGS = 'MAC;Marca;Interno;Nombre;Registrar;Dueño;Clave SIP;Notas';

test('a planilla is tried, imported, exported and imported again, and its keys never come out', async () => {
  const { folder, run, sheet } = await box();
  const file = sheet(HEADINGS, `AA-BB-CC-00-11-22;Yealink;1001;Recepción;iplan;Comodato;${KEY};x`);
  const tried = await run(['phones', 'import', file, '--dry-run']);
  expect([tried.code, tried.stdout]).toEqual([
    0,
    [
      'read: 1 row, windows-1252, separated by ;',
      'columns that a planilla does not have, not read: Notas',
      'line  MAC           number  outcome  what',
      `2     ${MAC}  1001    new      phone vendor: yealink; phone lines: 1001; extension displayName: Recepción; extension registrar: iplan; extension owner: comodato; SIP key: given`,
      '1 new, 0 changed, 0 same, 0 refused',
      'dry run: nothing was written',
      '',
    ].join('\n'),
  ]);
  expect((await run(['phones'])).stdout).toBe('no phones yet\n');
  expect((await run(['phones', 'import', file])).stdout).toContain('written, as one change\n');
  expect((await run(['--lang', 'es', 'phones', 'import', file])).stdout).toContain(
    'nada que escribir: ya está todo así\n',
  );
  expect(await run(['phones', 'export', 'out.csv'])).toMatchObject({ code: 0, stdout: 'out.csv: written\n' });
  expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toContain(`${MAC},yealink,,,1,1001,Recepción,,iplan,comodato,`);
  expect((await run(['phones', 'export'])).stdout).toBe(readFileSync(join(folder, 'out.csv'), 'utf8'));
  const again = await run(['phones', 'export', 'out.csv']);
  expect([again.code, again.stderr]).toEqual([64, expect.stringContaining('out.csv is there already')]);
  const { stdout } = await run(['phones', 'import', 'out.csv', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    read: { encoding: 'utf-8', separator: ',', rows: 1 },
    written: false,
    counts: { new: 0, changed: 0, same: 1, refused: 0 },
  });
});

test('what is refused says its line and why, in both languages, and nothing is written', async () => {
  const { run, sheet } = await box();
  await run(['phones', 'import', sheet(HEADINGS, ';;1001;Ana;iplan;Comodato;;')]);
  const file = sheet(HEADINGS, ';;1001;Eva;iplan;Comodato;;', `1,00E+11;snom;1002;Luz;otro;isp;${KEY};`);
  const english = await run(['phones', 'import', file]);
  expect(english.code).toBe(1);
  expect(english.stdout).toMatch(/\n2 .*REFUSED {2}lent by the provider \(comodato\).*--allow comodato\n/);
  expect(english.stdout).toMatch(/\n3 .*mac: a spreadsheet made a number of it.*registrar: .*known: iplan\n/);
  expect(english.stdout).toContain('nothing was written: a planilla is taken whole');
  const spanish = await run(['--lang', 'es', 'phones', 'import', file]);
  expect(spanish.stdout).toMatch(/\n2 .*RECHAZADA {2}en comodato: .*Gestión Técnica.*\n3 .*una hoja de cálculo/);
  const group = sheet('mac;marca;modelo', 'ff:ff:ff:ff:ff:ff;snom;', `${MAC};gigaset;N720`);
  expect((await run(['--lang', 'es', 'phones', 'import', group])).stdout).toMatch(
    /\n2 .*es una dirección multicast\n3 .*gigaset N720 no lee ninguno/,
  );
  expect((await run(['extensions', '1001'])).stdout).toMatch(/name +Ana\n/);
  const allowed = sheet(HEADINGS, ';;1001;Eva;iplan;Comodato;;');
  expect((await run(['phones', 'import', allowed, '--allow', 'comodato'])).code).toBe(0);
  expect((await run(['extensions', '1001'])).stdout).toMatch(/name +Eva\n/);
});

test('a file that is no planilla is refused whole, and a web key is never taken for a SIP key', async () => {
  const { run, sheet } = await box();
  for (const [lines, lang, said] of [
    [['interno;clave web', `1001;${KEY}`], 'en', 'column 2 holds web keys'],
    [['interno;clave web', `1001;${KEY}`], 'es', 'la columna 2 tiene claves web'],
    [['interno;clave sip;clave web', `1001;a;${KEY}`, `1002;${KEY};b`], 'es', 'En la línea 2 es además una clave SIP'],
    [['interno;clave', `1001;${KEY}`], 'es', 'la columna 2 tiene claves y no dice cuáles'],
    [['interno;clave sip', `1001;"${KEY}`], 'en', 'the row at line 2 is not CSV'],
    [[`1001;${KEY}`], 'en', 'the first row has no heading'],
    [[''], 'es', 'la planilla está vacía'],
  ] as const) {
    const { code, stderr } = await run(['--lang', lang, 'phones', 'import', sheet(...lines)]);
    expect([code, stderr]).toEqual([64, expect.stringContaining(said)]);
  }
  const none = await run(['phones', 'import', 'none.csv']);
  expect([none.code, none.stderr]).toEqual([64, expect.stringContaining('none.csv cannot be read')]);
  const other = await run(['phones', 'import', 'none.csv', '--allow', 'all']);
  expect([other.code, other.stderr]).toEqual([64, expect.stringContaining('comodato, customer, fewer-lines')]);
});

test('a phone in comodato that is given back leaves a record, which is acknowledged once, in both languages', async () => {
  const { run, sheet, folder } = await box();
  await run([
    'phones',
    'import',
    sheet(
      'mac;marca;interno;nombre;registrar;dueño;serie',
      `${MAC};snom;1001;Ana;iplan;comodato;S-1`,
      ';;1002;Luz;iplan;isp;',
    ),
  ]);
  expect((await run(['comodato'])).stdout).toBe('no phone in comodato has ended its service\n');
  const returned = await run(['phones', 'return', MAC, '--note', 'sin cargador', '--json']);
  const id = /"id": *"([^"]+)"/.exec(returned.stdout)?.[1] ?? '';
  expect([returned.code, JSON.parse(returned.stdout)]).toMatchObject([0, { id, serial: 'S-1', cause: 'returned' }]);
  const shown = await run(['--lang', 'es', 'comodato', '--open']);
  expect(shown.stdout).toMatch(new RegExp(`\\n${id} .*${MAC} +snom +S-1 +1001 +devuelto +.* no\\n`));
  expect((await run(['--lang', 'es', 'comodato', 'ack', id, '--ticket', 'GT-1'])).stdout).toBe(`${id}: confirmado\n`);
  expect((await run(['comodato', 'ack', id, '--ticket', 'GT-2'])).code).toBe(0);
  expect((await run(['comodato', '--open'])).stdout).toBe('no phone in comodato has ended its service\n');
  expect((await run(['comodato', 'export', 'c.csv'])).code).toBe(0);
  expect(readFileSync(join(folder, 'c.csv'), 'utf8')).toContain(',1001,sin cargador,');
  expect(readFileSync(join(folder, 'c.csv'), 'utf8')).toContain(',GT-1\r\n');
  const none = await run(['--lang', 'es', 'phones', 'return', MAC]);
  expect([none.code, none.stderr]).toEqual([expect.any(Number), expect.stringContaining(`phone/${MAC}`)]);
  await run(['phones', 'put', MAC, '--vendor', 'snom', '--line', '1002']);
  const own = await run(['--lang', 'es', 'phones', 'return', MAC]);
  expect(own.stderr).toContain('ninguna línea del teléfono está en comodato');
});

test('what was delegated is shown as pending, in both languages, until somebody confirms it', async () => {
  const { run, sheet } = await box();
  const headings = 'interno;nombre;registrar;dueño;acceso web;correo';
  const incomplete = await run(['--lang', 'es', 'phones', 'import', sheet(headings, '1001;Ana;iplan;isp;DELEGAR;')]);
  expect([incomplete.code, incomplete.stdout]).toEqual([
    1,
    expect.stringContaining('email: DELEGAR le escribe al usuario'),
  ]);
  await run(['phones', 'import', sheet(headings, '1001;Ana;iplan;isp;DELEGAR;ana@example.net')]);
  await run(['phones', 'put', MAC, '--vendor', 'snom', '--line', '1001']);
  expect((await run(['extensions'])).stdout).toMatch(/\ndelegated and not confirmed \(delegated_pending\): 1001\n$/);
  expect((await run(['--lang', 'es', 'extensions', '1001'])).stdout).toMatch(
    /acceso web +delegate \(delegated_pending desde /,
  );
  expect((await run(['phones', MAC])).stdout).toMatch(/web access +delegated_pending: 1001\n/);
  const establish = ['extensions', 'put', '1001', '--registrar', 'iplan', '--name', 'Ana', '--owner', 'isp'];
  const lone = await run(['--lang', 'es', ...establish, '--web-access', 'establish']);
  expect(lone.stderr).toContain('ESTABLECER pide todos los internos del registrar, con un correo; faltan: 1001');
  expect((await run(['extensions', 'confirm', '1001'])).stdout).toBe('1001: confirmed\n');
  expect((await run(['extensions'])).stdout).not.toContain('delegated_pending');
  expect((await run(['extensions', '1001'])).stdout).toMatch(/web access +delegate \(confirmed /);
});
