import { array, assert, asyncProperty, constantFrom, integer, option, record, string, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { Extension } from '../../schemas/extension.ts';
import { overfull } from '../../schemas/phone-formats/line-room.ts';
import { Phone, PhoneVendor } from '../../schemas/phone.ts';
import { contexts } from '../../store/test/fixture.ts';
import {
  MAC,
  phoneSite,
  putExtension,
  putPhone,
  workingPhone,
  type PhoneSite,
} from '../../store/test/phone-fixture.ts';
import { fingerprintWith } from '../fingerprint.ts';
import { Secret } from '../../schemas/secret.ts';
import type { PlanillaReport } from '../../schemas/planilla.ts';
import { unserved } from '../core/check-phone.ts';
import type { Allowance } from '../core/planilla/basis.ts';
import { validatorOf } from '../http/validate.ts';
import { exportPlanilla, importPlanilla } from '../planilla/import.ts';
import { newKey } from '../sip-keys.ts';

const fingerprint = fingerprintWith(new Secret('a key of this test'));
const HEADINGS = 'mac;marca;interno;nombre;registrar;dueño;clave sip';

async function importTo(
  { control }: PhoneSite,
  text: string | readonly string[],
  { isDryRun = false, allowed = [] }: { readonly isDryRun?: boolean; readonly allowed?: readonly Allowance[] } = {},
): Promise<PlanillaReport> {
  const bytes = new TextEncoder().encode(typeof text === 'string' ? text : text.join('\r\n'));
  const desk = {
    store: control,
    registrars: ['iplan'],
    key: (number: string, key: string) => newKey(fingerprint, number, key),
    context: contexts([])(),
  };
  const done = await importPlanilla({ kind: 'csv', bytes }, desk, { isDryRun, allowed: new Set(allowed) });
  if (!('report' in done)) throw new Error(JSON.stringify(done));
  return done.report;
}

function outcomes({ rows }: PlanillaReport): readonly (readonly [string, readonly string[]])[] {
  return rows.map(({ outcome, refusals }) => [outcome, refusals.map(({ code }) => code)]);
}

test('a planilla is written whole, tells each line, and the same again changes nothing (I5)', async () => {
  const site = phoneSite();
  const sheet = [HEADINGS, `${MAC};Yealink;1001;Ana;iplan;isp;Zk3vQ9`, ';;1002;Luis;iplan;comodato;pT4wX8'];
  const tried = await importTo(site, sheet, { isDryRun: true });
  expect([tried.written, tried.dryRun, tried.counts]).toEqual([
    false,
    true,
    { new: 2, changed: 0, same: 0, refused: 0 },
  ]);
  expect((await site.control.listPhones(null, 10)).items).toEqual([]);
  const first = await importTo(site, sheet);
  expect([first.written, first.rows]).toEqual([true, tried.rows]);
  expect(JSON.stringify(first)).not.toMatch(/Zk3vQ9|pT4wX8/);
  const head = await site.control.head();
  const again = await importTo(site, sheet);
  expect([again.written, again.counts]).toEqual([false, { new: 0, changed: 0, same: 2, refused: 0 }]);
  expect(await site.control.head()).toBe(head);
});

test('a line that is refused keeps the whole planilla out', async () => {
  const site = phoneSite();
  const report = await importTo(site, [
    HEADINGS,
    ';;1001;Ana;iplan;isp;',
    `${MAC};panasonic;1002;"Ana ""la jefa""";iplan;isp;`,
    '1,6E+11;snom;1003;Eva;iplan;isp;',
  ]);
  expect(outcomes(report)).toEqual([
    ['new', []],
    ['refused', ['not-carried']],
    ['refused', ['mangled-number']],
  ]);
  expect([report.written, (await site.control.listExtensions(null, 10)).items]).toEqual([false, []]);
});

test('I11: a key that would replace the one a phone works with is refused by its line', async () => {
  const site = phoneSite();
  await workingPhone(site);
  const report = await importTo(site, ['interno;clave sip;nombre', '1001;Zk3vQ9;', '1001;;Ana']);
  expect(outcomes(report)).toEqual([
    ['refused', ['key-in-use']],
    ['refused', ['repeated-row', 'key-in-use']],
  ]);
});

test('another key for a phone in comodato takes leave, and the one that is set takes none', async () => {
  const site = phoneSite();
  await importTo(site, [HEADINGS, ';;1001;Ana;iplan;comodato;Zk3vQ9']);
  const keyed = ['interno;clave sip', '1001;pT4wX8'];
  expect(outcomes(await importTo(site, keyed))).toEqual([['refused', ['comodato']]]);
  expect(outcomes(await importTo(site, ['interno;clave sip', '1001;Zk3vQ9']))).toEqual([['same', []]]);
  const allowed = await importTo(site, keyed, { allowed: ['comodato'] });
  expect([allowed.written, allowed.rows[0]?.changes]).toEqual([
    true,
    [{ of: 'extension', field: 'sipKey', before: null, after: null }],
  ]);
});

test('what is put while a planilla is read and judged is not undone by it: it is read and judged anew', async () => {
  const site = phoneSite();
  const labelled = ['mac;marca;etiqueta;interno', `${MAC};Yealink;Caja;1001`];
  for (const number of ['1001', '1002']) await site.ask(putExtension(number, 'key'));
  await site.ask(putPhone(MAC, ['1001']));
  let puts = 0;
  const whileJudged = (put: () => Promise<unknown>): PhoneSite['control'] => ({
    ...site.control,
    acceptPhoneSheet: async (...asked) => {
      puts += 1;
      if (puts === 1) await put();
      return site.control.acceptPhoneSheet(...asked);
    },
  });
  // A second line comes: leaving it out takes a person's word.
  const addLine = whileJudged(() => site.ask(putPhone(MAC, ['1001', '1002'])));
  const late = await importTo({ ...site, control: addLine }, labelled);
  expect([late.written, outcomes(late)]).toEqual([false, [['refused', ['fewer-lines']]]]);
  // What has no column comes: it stays.
  await site.ask(putPhone(MAC, ['1001']));
  puts = 0;
  const encrypt = whileJudged(() => site.ask(putPhone(MAC, ['1001'], { encryption: 'preferred' })));
  expect((await importTo({ ...site, control: encrypt }, labelled)).written).toBe(true);
  expect(puts).toBe(2);
  expect((await site.control.readPhone(MAC))?.document).toMatchObject({ label: 'Caja', encryption: 'preferred' });
});

test('keys and phones of others never come out', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'geheim-key', { displayName: '=1+1' }));
  await site.ask(putPhone(MAC, ['1001'], { label: '@Ñandú; "x"' }));
  expect(await exportPlanilla(site.control)).toBe(
    '\ufeffmac,vendor,model,label,line,extension,displayName,authUser,registrar,owner,site,email,softphone,serial,webAccess\r\n' +
      `${MAC},yealink,,"'@Ñandú; ""x""",1,1001,'=1+1,,iplan,isp,,,,,\r\n`,
  );
});

const isExtension = validatorOf(Extension);
const isPhone = validatorOf(Phone);
const hostile = constantFrom(
  '=1+1',
  "'=x",
  '+1',
  '-',
  '@a',
  ' ',
  ' a ',
  'Ñandú <& "x"> $USER',
  ';',
  ',',
  '会議',
  "'",
  '1.00E-5',
  'é',
);
const name = string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const optional = option(constantFrom('a', ' b', "'-c", '"', 'x;y,z'), { nil: undefined });
const number = constantFrom('1001', '1E5', '-7', '~a', '0101', '1.00E-5', '1002');
const extension = record({
  registrar: constantFrom('iplan'),
  displayName: hostile.chain((one) => name.map((other) => (other.length > 10 ? one : other))),
  owner: constantFrom('isp', 'customer', 'comodato'),
  authUser: optional,
  site: optional,
  email: option(constantFrom('=a@b.c', 'ana@example.net'), { nil: undefined }),
  softphone: option(constantFrom(false), { nil: undefined }),
  webAccess: option(constantFrom('delegate', 'delegate', 'establish'), { nil: undefined }),
}).map(withoutUndefined);
const phone = record({
  vendor: constantFrom(...PhoneVendor.anyOf.map((vendor) => vendor.const)),
  lines: uniqueArray(integer({ min: 0, max: 6 }), { maxLength: 4 }),
  model: optional,
  label: option(hostile, { nil: undefined }),
  serial: option(constantFrom('0042', '=7', 'YK31P'), { nil: undefined }),
});

test('what is exported is imported as the same: nothing changes here, and an empty box becomes equal', async () => {
  await assert(
    asyncProperty(
      uniqueArray(number, { minLength: 1 }),
      array(extension, { minLength: 7, maxLength: 7 }),
      array(phone, { maxLength: 3 }),
      async (numbers, extensions, phones) => {
        const site = phoneSite();
        for (const [at, one] of numbers.entries()) {
          // What control refuses of a single put was never there to be exported.
          const wanted = extensions[at];
          const isMailed = wanted?.['email'] !== undefined && wanted['webAccess'] === 'delegate';
          const checked = isExtension(withoutUndefined(isMailed ? wanted : { ...wanted, webAccess: undefined }));
          if (checked.ok) {
            await site.ask({ kind: 'put-extension', number: one, extension: checked.value, sipKey: null });
          }
        }
        for (const [at, { lines, ...rest }] of phones.entries()) {
          const named = lines.flatMap((line) => numbers[line] ?? []).map((one) => ({ extension: one }));
          const checked = isPhone(withoutUndefined({ ...rest, lines: named }));
          // What control or the store refuses was never there to be exported.
          const isTaken = checked.ok && unserved(checked.value) === null && overfull(checked.value, null) === null;
          if (isTaken) await site.ask({ kind: 'put-phone', mac: `0015650000${at}0`, phone: checked.value });
        }
        const text = await exportPlanilla(site.control);
        const head = await site.control.head();
        const here = await importTo(site, text);
        expect([here.counts.same, here.written]).toEqual([here.rows.length, false]);
        expect(await site.control.head()).toBe(head);
        const empty = phoneSite();
        const there = await importTo(empty, text);
        expect(there.counts.refused).toBe(0);
        expect(await exportPlanilla(empty.control)).toBe(text);
      },
    ),
    { numRuns: 25 },
  );
});

function withoutUndefined(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
