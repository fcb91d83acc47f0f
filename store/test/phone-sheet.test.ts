import { expect, test } from 'vitest';
import type { PhoneSheet, PhoneSheetResult } from '../phone-ports.ts';
import { contexts } from './fixture.ts';
import {
  ANA,
  MAC,
  OTHER_MAC,
  phoneSite,
  putExtension,
  putPhone,
  servedKey,
  sipKey,
  workingPhone,
  type PhoneSite,
} from './phone-fixture.ts';

type Parts = readonly (ReturnType<typeof putExtension> | ReturnType<typeof putPhone>)[];

function sheetOf(parts: Parts, isKeyKept = false): PhoneSheet {
  return {
    extensions: parts.flatMap((part) =>
      part.kind === 'put-extension'
        ? [{ number: part.number, extension: part.extension, sipKey: part.sipKey, isKeyKept }]
        : [],
    ),
    phones: parts.flatMap((part) => (part.kind === 'put-phone' ? [{ mac: part.mac, phone: part.phone }] : [])),
  };
}

function accept({ control }: PhoneSite, parts: Parts, isDryRun = false, isKeyKept = false): Promise<PhoneSheetResult> {
  return control.acceptPhoneSheet(sheetOf(parts, isKeyKept), contexts([])(), isDryRun);
}

function outcomes({ extensions, phones }: PhoneSheetResult): readonly string[] {
  return [...extensions.values(), ...phones.values()].map(({ outcome }) => outcome);
}

async function stateOf({ control }: PhoneSite): Promise<unknown> {
  const [extensions, phones, journal] = await Promise.all([
    control.listExtensions(null, 100),
    control.listPhones(null, 100),
    control.head(),
  ]);
  return { extensions, phones, journal };
}

const SHEET: Parts = [
  putPhone(MAC, ['1001', '1002']),
  putExtension('1001', 'key-1'),
  putExtension('1002'),
  putPhone(OTHER_MAC, ['1001']),
];

test('a sheet is written whole, extensions before the phones that have them, and the same again changes nothing (I5)', async () => {
  const site = phoneSite();
  const first = await accept(site, SHEET);
  expect([first.isWritten, outcomes(first)]).toEqual([true, ['accepted', 'accepted', 'accepted', 'accepted']]);
  expect(first.extensions.get('1001')).toEqual({ outcome: 'accepted', isKeyChanged: true });
  expect(await servedKey(site)).toBe('key-1');
  const before = await stateOf(site);
  const again = await accept(site, SHEET);
  expect(again.extensions.get('1001')).toEqual({ outcome: 'accepted', isKeyChanged: false });
  expect(await stateOf(site)).toEqual(before);
});

test('a dry run comes to what a run comes to, and writes nothing', async () => {
  const site = phoneSite();
  const before = await stateOf(site);
  const tried = await accept(site, SHEET, true);
  expect([tried.isWritten, await stateOf(site)]).toEqual([false, before]);
  expect(outcomes(await accept(site, SHEET))).toEqual(outcomes(tried));
});

test('one part that is refused undoes the whole sheet, and every part is told of', async () => {
  const site = phoneSite();
  await workingPhone(site);
  const before = await stateOf(site);
  const result = await accept(site, [
    putExtension('1002'),
    // I11: a phone works with `old`.
    putExtension('1001', 'new'),
    putExtension('1003', sipKey('k', ['snom'])),
    putPhone(OTHER_MAC, ['1003'], { vendor: 'snom' }),
    putPhone('001565000009', ['9']),
  ]);
  expect(result.isWritten).toBe(false);
  expect(outcomes(result)).toEqual(['accepted', 'key-in-use', 'accepted', 'not-carried', 'unknown-extension']);
  expect(await stateOf(site)).toEqual(before);
});

test('what the phone of before cannot carry goes with the phone that comes in the same sheet', async () => {
  const site = phoneSite();
  await accept(site, [putExtension('1001'), putPhone(MAC, ['1001'], { vendor: 'panasonic' })]);
  const quoted = putExtension('1001', null, { displayName: 'Ana "la jefa"' });
  expect(outcomes(await accept(site, [quoted]))).toEqual(['not-carried']);
  const both = await accept(site, [quoted, putPhone(MAC, ['1001'], { vendor: 'yealink' })]);
  expect([both.isWritten, outcomes(both)]).toEqual([true, ['accepted', 'accepted']]);
});

test('a key that is to be kept is not replaced, and the one that is set may be given again', async () => {
  const site = phoneSite();
  await accept(site, [putExtension('1001', 'old')]);
  expect(outcomes(await accept(site, [putExtension('1001', 'new')], false, true))).toEqual(['key-kept']);
  expect(outcomes(await accept(site, [putExtension('1001', 'old')], false, true))).toEqual(['accepted']);
});

test('the extension of a softphone is no line of a phone, by single puts either', async () => {
  const site = phoneSite();
  const softphone = { ...ANA, softphone: true };
  await site.ask(putExtension('1001', null, softphone));
  const line = { outcome: 'softphone', number: '1001', mac: MAC };
  expect(await site.ask(putPhone(MAC, ['1001']))).toEqual(line);
  await site.ask(putExtension('1002'));
  await site.ask(putPhone(MAC, ['1002']));
  expect(await site.ask(putExtension('1002', null, softphone))).toEqual({ ...line, number: '1002' });
  // The phone gives the line up in the same sheet.
  const moved = await accept(site, [putExtension('1002', null, softphone), putPhone(MAC, [])]);
  expect([moved.isWritten, outcomes(moved)]).toEqual([true, ['accepted', 'accepted']]);
});
