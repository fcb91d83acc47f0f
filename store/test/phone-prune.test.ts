import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import {
  advance,
  enrol,
  fetchOf,
  MAC,
  phoneSite,
  putExtension,
  rotate,
  rotating,
  servedKey,
  workingPhone,
  type PhoneSite,
} from './phone-fixture.ts';

const DAY_MS = 86_400_000;

function keptKeys({ file }: PhoneSite): unknown {
  const db = new Database(file, { readonly: true });
  const columns = 'count(old_key) AS old, count(new_key) AS new, count(old_mark) + count(new_mark) AS marks';
  const kept = db.prepare(`SELECT ${columns} FROM rotation_extensions`).get();
  db.close();
  return kept;
}

/** A rotation that ended in need of support while the new key was served. */
async function needsSupport(site: PhoneSite): Promise<void> {
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  await advance(site, '1001', { step: 'staged', serve: 'new' });
  await advance(site, '1001', { end: 'needs_support', at: 10 * DAY_MS });
}

test('the end of a rotation forgets its keys, but for the old one where a person has to look', async () => {
  const site = phoneSite();
  await needsSupport(site);
  expect(keptKeys(site)).toEqual({ old: 1, new: 0, marks: 1 });
  expect(await servedKey(site)).toBe('new');
  await site.control.prune(10 * DAY_MS, 1_000);
  expect(keptKeys(site)).toMatchObject({ old: 1 });
  await site.control.prune(10 * DAY_MS + 1, 1_000);
  expect(keptKeys(site)).toEqual({ old: 0, new: 0, marks: 0 });
  expect(await site.control.readRotation('rot-1')).toMatchObject({ end: 'needs_support' });
});

test('the old key that was kept is offered to phones until the next rotation of its extension commits', async () => {
  const site = phoneSite();
  await needsSupport(site);
  const former = async (): Promise<readonly string[]> =>
    (await site.provisioner.formerKeys('1001')).map((key) => key.reveal());
  expect(await former()).toEqual(['old']);
  await site.ask(rotate('rot-2', ['1001'], { '1001': 'newer' }));
  const rotation = await rotating(site, '1001');
  expect([rotation.keptKeys, rotation.oldKey].flat().map((key) => key?.reveal())).toEqual(['old', 'new']);
  await advance(site, '1001', { step: 'staged', serve: 'new' });
  expect(await former()).toEqual(['new', 'old']);
  await advance(site, '1001', { end: 'committed' });
  expect(keptKeys(site)).toEqual({ old: 0, new: 0, marks: 0 });
});

test('a commit that keeps its old key keeps that one alone, until it is pruned', async () => {
  const site = phoneSite();
  await needsSupport(site);
  await site.ask(rotate('rot-2', ['1001'], { '1001': 'newer' }));
  await advance(site, '1001', { step: 'staged', serve: 'new' });
  await advance(site, '1001', { end: 'committed', keepOldKey: true, at: 20 * DAY_MS });
  expect((await site.provisioner.formerKeys('1001')).map((key) => key.reveal())).toEqual(['new']);
  expect(await servedKey(site)).toBe('newer');
  await site.control.prune(20 * DAY_MS + 1, 1_000);
  expect(await site.provisioner.formerKeys('1001')).toEqual([]);
});

test('fetches of a phone that an open rotation awaits are kept, however old', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.provisioner.recordFetches([fetchOf(MAC, { at: DAY_MS })]);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  const { progress } = await rotating(site, '1001');
  await advance(site, '1001', { step: 'staged', serve: 'new', progress: { ...progress, served: { [MAC]: ['aa'] } } });
  await site.control.prune(9 * DAY_MS, 1_000);
  expect((await site.provisioner.fetchesSince(MAC, 0)).at(-1)).toMatchObject({ at: DAY_MS });
  await advance(site, '1001', { end: 'committed' });
  await site.control.prune(9 * DAY_MS, 1_000);
  expect(await site.provisioner.fetchesSince(MAC, 0)).toEqual([]);
});

test('the progress of a rotation that an earlier version began is read as it was', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(rotate('rot-1', ['1001'], { '1001': 'new' }));
  const before = { at: 5, bindings: [{ contact: 'sip:1001@192.0.2.7', expires: 60, instance: null }] };
  const db = new Database(site.file);
  db.prepare("UPDATE rotation_extensions SET step = 'pushed', progress = ?").run(
    JSON.stringify({
      ...{ old: 'valid', fresh: 'valid', enteredAt: 6, keyAt: 1, tries: 1, nextAt: 30_006, before, earlier: null },
      ...{ served: { [MAC]: ['aa'] }, servedAt: 5, pushedAt: 6, isRollingBack: false, hold: null, provingSince: null },
    }),
  );
  db.close();
  const { step, progress } = await rotating(site, '1001');
  expect(step).toBe('pushed');
  expect(progress).toMatchObject({ before, served: { [MAC]: ['aa'] } });
});

test('a rotation is forgotten with its operation, weeks after its end, and an open one never', async () => {
  const site = phoneSite();
  await needsSupport(site);
  await site.ask(putExtension('1002', 'k'));
  await site.ask(rotate('rot-2', ['1002'], { '1002': 'n' }));
  await site.control.prune(37 * DAY_MS, 1_000);
  expect(await site.control.readOperation('o3')).toMatchObject({ state: 'failed', reason: 'needs-support' });
  await site.control.prune(400 * DAY_MS, 1_000);
  expect(await site.control.readRotation('rot-1')).toBeNull();
  expect(await site.control.readOperation('o3')).toBeNull();
  expect((await site.provisioner.openRotations())[0]?.extensions[0]?.newKey?.reveal()).toBe('n');
  expect(await site.control.readOperation('o5')).toMatchObject({ state: 'received' });
});

test('old fetches, refusals and enrolments that have expired are forgotten, and nothing newer', async () => {
  const site = phoneSite();
  await workingPhone(site);
  await site.ask(enrol(MAC, 'a'));
  for (const at of [DAY_MS, 2 * DAY_MS]) {
    await site.provisioner.recordFetches([fetchOf(MAC, { at })]);
    await site.provisioner.recordRefusal({ number: '1001', keyMark: 'm', at });
  }
  await site.control.prune(2 * DAY_MS, 1_000);
  expect((await site.provisioner.fetchesSince(MAC, 0)).map(({ at }) => at)).toEqual([2 * DAY_MS]);
  expect((await site.provisioner.refusalsSince(0)).map(({ at }) => at)).toEqual([2 * DAY_MS]);
  const [phone] = await site.provisioner.servedPhones('all');
  expect([phone?.hasFetched, phone?.tokens.map(({ kind }) => kind)]).toEqual([true, ['provisioning']]);
});
