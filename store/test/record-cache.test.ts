import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../sqlite/open.ts';
import { contexts, openTestStore, subscriber, temporaryFolder } from './fixture.ts';

test('an unchanged document is the same object at the next read; a changed one is read anew', async () => {
  const { agent, control } = openTestStore();
  const context = contexts();
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, context());
  await control.acceptIntent({ kind: 'put-subscriber', id: 's2', subscriber: subscriber(2) }, context());
  const [first, second] = (await agent.desiredFor('r0')).subscribers;
  await control.acceptIntent({ kind: 'cutoff', id: 's2', cutoff: { reason: 'no payment' } }, context());
  const after = (await agent.desiredFor('r0')).subscribers;
  expect(after[0]).toBe(first);
  expect(after[1]).not.toBe(second);
  expect(after[1]).toMatchObject({ id: 's2', cutoff: { value: { reason: 'no payment' } } });
});

test('a wish that is asked for again is the later operation’s, though the document has the revision it had', async () => {
  const { agent, control } = openTestStore();
  const context = contexts();
  const cutoff = { reason: 'no payment' };
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, context());
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, context());
  const [before] = (await agent.desiredFor('r0')).subscribers;
  await agent.advanceOperations(9_000, [{ id: 'o2', router: 'r0', state: 'failed', reason: 'expired' }]);
  await control.acceptIntent({ kind: 'cutoff', id: 's1', cutoff }, context());
  const [after] = (await agent.desiredFor('r0')).subscribers;
  expect(after?.revision).toBe(before?.revision);
  expect(after?.cutoff?.operation).toBe('o3');
});

test('subscribers that nobody changed are not read again, whatever else was written; every kind of change is seen', async () => {
  const file = join(temporaryFolder(), 'store.db');
  // Two connections, as of control and the agent.
  const { control } = openTestStore(file);
  const { agent } = openTestStore(file);
  const context = contexts();
  const ids = async (): Promise<readonly string[]> =>
    (await agent.desiredFor('r0')).subscribers.map(({ id, subscriber: { name } }) => `${id} ${name}`);
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, context());
  await control.acceptIntent({ kind: 'put-subscriber', id: 's2', subscriber: subscriber(2) }, context());
  const before = (await agent.desiredFor('r0')).subscribers;
  await control.acceptIntent(
    { kind: 'put-subscriber', id: 's3', subscriber: { ...subscriber(3), router: 'r1' } },
    context(),
  );
  await control.acceptIntent({ kind: 'reconcile', router: 'r0' }, context());
  await agent.appendEvent({ at: 1, type: 'x', subject: 'router/r0', router: 'r0', data: {} });
  expect((await agent.desiredFor('r0')).subscribers).toBe(before);

  const { name } = subscriber(1);
  const second = `s2 ${subscriber(2).name}`;
  // Moved here, changed, moved away, deleted, and put again as it was.
  await control.acceptIntent({ kind: 'put-subscriber', id: 's3', subscriber: subscriber(3) }, context());
  expect(await ids()).toEqual([`s1 ${name}`, second, `s3 ${subscriber(3).name}`]);
  await control.acceptIntent(
    { kind: 'put-subscriber', id: 's3', subscriber: { ...subscriber(3), name: 'Other' } },
    context(),
  );
  expect(await ids()).toEqual([`s1 ${name}`, second, 's3 Other']);
  await control.acceptIntent(
    { kind: 'put-subscriber', id: 's3', subscriber: { ...subscriber(3), router: 'r1' } },
    context(),
  );
  expect(await ids()).toEqual([`s1 ${name}`, second]);
  await control.acceptIntent({ kind: 'delete-subscriber', id: 's1' }, context());
  expect(await ids()).toEqual([second]);
  await control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, context());
  expect(await ids()).toEqual([`s1 ${name}`, second]);
});

test('a snapshot is seen, and so is one that was built after another of the same epoch was given up', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const { control } = openTestStore(file);
  const { agent } = openTestStore(file);
  const context = contexts();
  for (const generation of [1, 2, 3]) {
    const number = generation + 10;
    const stage = `stage-${generation}`;
    await control.stageSnapshot(stage, [{ id: `s${number}`, ...subscriber(number) }]);
    await control.switchSnapshot(
      stage,
      { generation, takenAt: generation, expectedCuts: null, hash: `h${generation}` },
      context(),
    );
    expect((await agent.desiredFor('r0')).subscribers.map(({ id }) => id)).toEqual([`s${number}`]);
    // As a process leaves it that died in a build.
    const db = new Database(file);
    db.prepare(
      "INSERT INTO subscribers SELECT epoch + 1, 'left', router, 1, 1, subscriber, wishes, 0, 0, NULL FROM subscribers",
    ).run();
    db.close();
  }
  const db = new Database(file, { readonly: true });
  expect(db.prepare("SELECT count(*) AS n FROM revisions WHERE what = 'subscribers'").get()).toEqual({ n: 2 });
  db.close();
});

test('admissions are read again only when one came or went', async () => {
  const { agent } = openTestStore();
  const admission = { router: 'r0', subscriber: 's1', operation: 'o1', kind: 'cut', at: 5 } as const;
  await agent.recordAdmissions([admission]);
  const first = await agent.admissionsFor('r0', 0);
  await agent.recordAdmissions([{ ...admission, at: 9 }]);
  const again = await agent.admissionsFor('r0', 0);
  expect(again.own).toBe(first.own);
  await agent.recordAdmissions([{ ...admission, router: 'r1' }]);
  expect(await agent.admissionsFor('r0', 4)).toEqual({ own: first.own, others: 1 });
  expect((await agent.admissionsFor('r0', 5)).others).toBe(0);
  expect(await agent.admissionsSince(6)).toEqual([]);
  await agent.recordAdmissions([{ ...admission, subscriber: 's2' }]);
  expect((await agent.admissionsFor('r0', 0)).own).toHaveLength(2);
  await agent.forgetAdmissionsBefore(100);
  expect(await agent.admissionsFor('r0', 0)).toEqual({ own: [], others: 0 });
});

test('a database of before has its revisions from the first read on', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const context = contexts();
  const store = openStore({ file });
  await store.control.acceptIntent({ kind: 'put-subscriber', id: 's1', subscriber: subscriber(1) }, context());
  store.close();
  const db = new Database(file);
  db.exec('DROP TABLE revisions; DROP TABLE reissues; DELETE FROM migrations WHERE number = 9');
  for (const trigger of ['subscribers_inserted', 'subscribers_updated', 'subscribers_deleted'])
    db.exec(`DROP TRIGGER ${trigger}`);
  for (const trigger of ['admissions_inserted', 'admissions_updated', 'admissions_deleted'])
    db.exec(`DROP TRIGGER ${trigger}`);
  db.close();
  const { agent, control } = openTestStore(file);
  expect((await agent.desiredFor('r0')).subscribers).toHaveLength(1);
  await control.acceptIntent({ kind: 'delete-subscriber', id: 's1' }, context());
  expect((await agent.desiredFor('r0')).subscribers).toEqual([]);
});
