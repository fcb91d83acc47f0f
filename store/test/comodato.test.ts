import { expect, test } from 'vitest';
import type { ComodatoReturn } from '../../schemas/comodato.ts';
import type { PhoneIntent } from '../phone-ports.ts';
import { contexts } from './fixture.ts';
import { ANA, eventTypes, MAC, OTHER_MAC, phoneSite, putExtension, putPhone, type PhoneSite } from './phone-fixture.ts';

const LENT = { owner: 'comodato', site: 'Piso 2' } as const;

/** A lent Yealink with 1001 (comodato) and 1002 (the ISP's). */
async function lentSite(): Promise<PhoneSite> {
  const site = phoneSite();
  await site.ask(putExtension('1001', 'key', LENT));
  await site.ask(putExtension('1002'));
  await site.ask(putPhone(MAC, ['1001', '1002'], { model: 'T31P', serial: 'YK0042', label: 'Recepción' }));
  return site;
}

async function returns({ control }: PhoneSite, isOpenOnly = false): Promise<readonly ComodatoReturn[]> {
  return (await control.listReturns(isOpenOnly, null, 100)).items;
}

test.each<readonly [string, readonly PhoneIntent[]]>([
  ['returned', [{ kind: 'return-phone', mac: MAC, serial: null, note: null }]],
  ['phone-deleted', [{ kind: 'delete-phone', mac: MAC }]],
  ['lines-removed', [putPhone(MAC, ['1002'], { model: 'T31P', serial: 'YK0042' })]],
  ['owner-changed', [putExtension('1001', null, { owner: 'customer' })]],
])('the service of a phone in comodato ends in a record: %s', async (cause, intents) => {
  const site = await lentSite();
  for (const intent of intents) expect((await site.ask(intent)).outcome).toBe('accepted');
  const [record, ...others] = await returns(site);
  expect(others).toEqual([]);
  expect(record).toMatchObject({
    ...{ cause, state: 'open', mac: MAC, vendor: 'yealink', model: 'T31P', serial: 'YK0042', label: 'Recepción' },
    ...{ site: 'Piso 2', extensions: ['1001'], by: { name: 'central', via: 'api' }, acknowledged: null },
  });
  expect((await eventTypes(site)).filter((type) => type === 'comodato.ended')).toHaveLength(1);
  // Asked again it has ended already (I5).
  for (const intent of intents) await site.ask(intent);
  expect(await returns(site)).toHaveLength(1);
});

test('nothing ends while a line in comodato stays, and a phone that was never lent has no record', async () => {
  const site = await lentSite();
  await site.ask(putExtension('1003', null, LENT));
  await site.ask(putPhone(MAC, ['1003']));
  await site.ask(putPhone(OTHER_MAC, ['1002']));
  expect((await site.ask({ kind: 'return-phone', mac: OTHER_MAC, serial: null, note: null })).outcome).toBe(
    'not-comodato',
  );
  await site.ask({ kind: 'delete-phone', mac: OTHER_MAC });
  expect(await returns(site)).toEqual([]);
});

test('a sheet ends comodato by the same rule, and one that is refused or tried only does not', async () => {
  const site = await lentSite();
  await site.ask(putPhone(OTHER_MAC, ['1001'], { vendor: 'snom' }));
  const phones = [{ mac: MAC, phone: { vendor: 'yealink', lines: [{ extension: '1002' }] } }] as const;
  const given = { number: '1001', extension: ANA, sipKey: null, isKeyKept: false };
  const sheet = { extensions: [given], phones: phones.map((one) => ({ ...one, phone: { ...one.phone, lines: [] } })) };
  const broken = {
    ...sheet,
    phones: [{ mac: MAC, phone: { vendor: 'yealink' as const, lines: [{ extension: '9' }] } }],
  };
  const next = contexts([]);
  await site.control.acceptPhoneSheet(broken, next(), false);
  await site.control.acceptPhoneSheet(sheet, next(), true);
  expect(await returns(site)).toEqual([]);
  expect((await site.control.acceptPhoneSheet(sheet, next({ operation: 'op-sheet' }), false)).isWritten).toBe(true);
  expect((await returns(site)).map(({ id, cause, vendor }) => [id, cause, vendor]).sort()).toEqual([
    [`op-sheet-${OTHER_MAC}`, 'owner-changed', 'snom'],
    [`op-sheet-${MAC}`, 'lines-removed', 'yealink'],
  ]);
});

test('I10: a record outlives its phone, its extension and pruning, acknowledged or not; the first acknowledgement stays', async () => {
  const site = await lentSite();
  await site.ask({ kind: 'return-phone', mac: MAC, serial: 'YK-in-hand', note: 'sin cargador' });
  await site.ask({ kind: 'delete-extension', number: '1001' });
  await site.control.prune(4_000_000_000_000, 1);
  const [record] = await returns(site);
  expect(record).toMatchObject({ serial: 'YK-in-hand', note: 'sin cargador', state: 'open' });
  const id = record?.id ?? '';
  const first = await site.ask({ kind: 'acknowledge-return', id, ticket: 'GT-1' });
  const second = await site.ask({ kind: 'acknowledge-return', id, ticket: 'GT-2' });
  for (const answer of [first, second]) {
    expect(answer).toMatchObject({
      outcome: 'accepted',
      comodato: { state: 'acknowledged', acknowledged: { ticket: 'GT-1' } },
    });
  }
  expect(await returns(site, true)).toEqual([]);
  await site.control.prune(4_000_000_000_000, 1);
  expect(await site.control.readReturn(id)).toMatchObject({ state: 'acknowledged' });
  expect((await site.ask({ kind: 'acknowledge-return', id: 'none', ticket: null })).outcome).toBe('not-found');
});

test('records are read page by page, oldest first', async () => {
  const site = phoneSite();
  await site.ask(putExtension('1001', null, LENT));
  const macs = [1, 2, 3].map((number) => `00156500000${number}`);
  for (const mac of macs) await site.ask(putPhone(mac, ['1001']));
  for (const mac of macs) await site.ask({ kind: 'delete-phone', mac });
  const first = await site.control.listReturns(true, null, 2);
  const second = await site.control.listReturns(true, first.next, 2);
  expect([...first.items, ...second.items].map(({ mac }) => mac)).toEqual(macs);
  expect(second.next).toBeNull();
});
