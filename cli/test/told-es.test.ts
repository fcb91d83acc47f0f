import Database from 'better-sqlite3';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { inSpanish } from '../../schemas/told-es.ts';
import { openStore } from '../../store/sqlite/open.ts';
import { cli } from './fixture.ts';
import { siteBox } from './site-box.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDERS = ['agent', 'store', 'cli', 'control', 'provisioner', 'schemas'];
/** Functions whose named argument becomes a text that somebody reads. */
const SAYERS: Readonly<Record<string, number>> = { AppError: 1, unreadable: 0, held: 1, hold: 3 };
/** What stands in the gaps of a text; no text of the table has it. */
const GAP = 'Qx7';

function sources(): readonly string[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => /(?<!\.test|\.d)\.ts$/.test(file) && !/(^|\/)(test|dashboard|messages|told)\//.test(file))
      .map((file) => `${ROOT}/${folder}/${file}`),
  );
}

/** The texts that a source says: literals and templates with gaps, both branches of a condition. */
function textsOf(node: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isTemplateExpression(node))
    return [node.head.text + node.templateSpans.map(({ literal }) => GAP + literal.text).join('')];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (ts.isBinaryExpression(node)) {
    const [left, right] = [textsOf(node.left), textsOf(node.right)];
    if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return [...left, ...right];
    return left.flatMap((head) => right.map((tail) => head + tail));
  }
  return [];
}

/** What may become a router's last error, which is told with what mends it. */
const IS_ROUTERS = /\/(agent|store)\/(?!.*-texts\.ts$)/;

/** The texts of a constant: its own, or those of a table. */
function listed({ initializer }: ts.VariableDeclaration): readonly string[] {
  if (initializer === undefined) return [];
  if (!ts.isObjectLiteralExpression(initializer)) return textsOf(initializer);
  return initializer.properties.flatMap((one) => (ts.isPropertyAssignment(one) ? textsOf(one.initializer) : []));
}

/** Every English sentence that a file hands to one of the sayers, or to a `detail:` of what is told. */
function saidIn(file: string): readonly string[] {
  const said: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const at = ts.isIdentifier(node.expression) ? SAYERS[node.expression.text] : undefined;
      const argument = at === undefined ? undefined : node.arguments?.[at];
      if (argument !== undefined) said.push(...textsOf(argument));
    }
    if (ts.isPropertyAssignment(node)) {
      const name = node.name.getText();
      if (name === 'detail' || (name === 'remedy' && IS_ROUTERS.test(file))) said.push(...textsOf(node.initializer));
    }
    if (ts.isVariableDeclaration(node) && /REMED|UNTRUSTED/.test(node.name.getText())) said.push(...listed(node));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  // A single word or gap is a code, and no sentence of ours.
  return said.filter((text) => /[a-z]{2,} [a-z]/i.test(text.replaceAll(GAP, '')) || /^must /.test(text));
}

/** A twin stands beside the text; or it goes out by HTTP alone, which speaks English and says so by a type. */
const TWINNED = /portal-check\.ts$|findings\/[a-z-]+-texts\.ts$|\/control\/(?!core\/)/;

test('whatever an error, a hold or a fault says in English has its Spanish twin', () => {
  const missing = sources()
    .filter((file) => !TWINNED.test(file))
    .flatMap((file) => saidIn(file).map((text) => ({ file: file.slice(ROOT.length), text })))
    .filter(({ text }) => inSpanish(text) === text);
  expect(missing).toEqual([]);
});

test('gaps are looked up likewise, and what is not ours stays as it is', () => {
  expect(inSpanish('127.0.0.1:53: A www.example.test: no answer')).toBe(
    '127.0.0.1:53: A www.example.test: sin respuesta',
  );
  expect(inSpanish("router r0: TLS failed: Hostname/IP does not match certificate's altnames: IP: 192.0.2.1")).toBe(
    'router r0: falló TLS: el nombre no coincide con los del certificado: IP: 192.0.2.1',
  );
  expect(inSpanish('1 new after 400 in 60 min on this site; 90 are allowed')).toBe(
    'nuevos: 1, tras 400 que pasaron en 60 min en este sitio; se permiten 90',
  );
  expect(inSpanish('failure: already have such entry')).toBe('failure: already have such entry');
});

test('in Spanish the command line says nothing of an option or a missing database in English', async () => {
  const { run } = await siteBox();
  const put = ['subscribers', 'put', 's1', '--name', 'Ana', '--router', 'r0', '--lang', 'es'];
  expect((await run(...put, '--address', '1.2.3')).stderr).toContain(
    '--address: debe ser una dirección o un prefijo IPv4 o IPv6',
  );
  expect((await run(...put, '--address', '127.0.0.1')).stderr).toContain(
    '--address: una dirección loopback no es de nadie',
  );
  const away = await run('status', '--db', 'nada.db', '--lang', 'es');
  expect(away.stderr).toMatch(/no existe la base de datos \S+nada\.db/);
});

test('in Spanish a broken configuration is told in a Spanish sentence, with the words of the library beside it', async () => {
  const { folder } = await siteBox();
  const broken = async (name: string, text: string): Promise<string> => {
    const file = join(folder, name);
    writeFileSync(file, text);
    const { stdout, stderr } = await cli(['--config', file, '--lang', 'es', 'check']);
    return stdout + stderr;
  };
  expect(await broken('twice.yaml', 'site: a\nsite: b\n')).toContain(
    'no es YAML ni JSON válido: la clave está repetida («Map keys must be unique»)',
  );
  expect(await broken('tab.yaml', 'agent:\n\tlists: {}\n')).toMatch(
    /no es YAML ni JSON válido: hay un tabulador como sangría; use espacios \(«[^»]+»\)/,
  );
  expect(await broken('bombs.yaml', bomb())).toMatch(/no es YAML ni JSON válido \(«[^»]+»\)/);
});

test('in Spanish a fault of SQLite is a Spanish sentence with its own words beside it', async () => {
  const { folder, run } = await siteBox();
  const db = new Database(join(folder, 'data', 'wisp-edge.db'));
  db.exec('DROP TABLE journal');
  db.close();
  const { stderr } = await run('events', '--lang', 'es');
  expect(stderr).toContain('la base de datos lo rechazó (SQLITE_ERROR: «no such table: journal»)');
});

test('events are told in Spanish too, whatever sentence of ours they hold', async () => {
  const { folder, run } = await siteBox();
  const store = openStore({ file: join(folder, 'data', 'wisp-edge.db') });
  const data = { evidence: { detail: 'there is no database x.db', row: '*1F' }, why: ['cannot read y'], count: 2 };
  await store.agent.appendEvent({ at: 0, type: 'router.changed', subject: 'router/r0', router: 'r0', data });
  store.close();
  const spanish = (await run('events', '--lang', 'es')).stdout;
  expect(spanish).toContain(
    'count=2  evidence={"detail":"no existe la base de datos x.db","row":"*1F"}  why=no se puede leer y',
  );
  expect((await run('events', '--lang', 'en')).stdout).toContain('why=cannot read y');
  expect((await run('events', '--lang', 'es', '--json')).stdout).toContain('there is no database x.db');
});

/** More aliases than a configuration may expand. */
function bomb(): string {
  const levels = 'bcdefghi'
    .split('')
    .map((name, at) => `${name}: &${name} [${'*abcdefgh'.slice(0, 1)}${'abcdefgh'[at] ?? ''}]`);
  const wide = levels.map((line) => line.replace(/\[(.*)\]/, (_, one: string) => `[${Array(9).fill(one).join(',')}]`));
  return `a: &a [x]\n${wide.join('\n')}\n`;
}
