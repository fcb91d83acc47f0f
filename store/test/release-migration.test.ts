import Database from 'better-sqlite3';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { migrate, readMigrations } from '../sqlite/migrate.ts';
import { contexts, openTestStore, temporaryFolder, unseenStatus } from './fixture.ts';

const MIGRATIONS = readMigrations(new URL('../sqlite/migrations/', import.meta.url));

test('a database from before keeps what was let through whole, and ends the claims whose operation is over', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const db = new Database(file);
  migrate(db, MIGRATIONS.slice(0, 9), 0);
  const operation = (id: string, kind: string, open: 0 | 1): string => `
    INSERT INTO operations (id, kind, subject, state, history, names, seq, accepted_at, open)
      VALUES ('${id}', '${kind}', 'router/r0', '${open === 1 ? 'planned' : 'verified'}', '[]', '[]', 1, 1000, ${open});
    INSERT INTO parts (operation, router, state, released, open)
      VALUES ('${id}', 'r0', '${open === 1 ? 'planned' : 'verified'}', ${kind === 'claim' ? 0 : 1}, ${open});`;
  db.exec(`
    ${operation('snapshot', 'desired-state', 1)} ${operation('old', 'desired-state', 0)}
    ${operation('claimed', 'claim', 0)} ${operation('claiming', 'claim', 1)}
    INSERT INTO claims VALUES ('r0', 's1', 'claimed', 1000), ('r0', 's2', 'claiming', 1000);
    INSERT INTO releases VALUES ('r0', 'orphans-r0', 1000);
    INSERT INTO subscribers (epoch, id, router, revision, changed_at, subscriber, wishes, cut, notices)
      SELECT epoch, 's1', 'r0', 1, 1000, '{"name":"Ana","router":"r0","addresses":["10.0.0.1"]}', '{}', 0, 0
      FROM state;`);
  db.close();

  const view = await openTestStore(file).agent.desiredFor('r0');
  expect(view.releases).toEqual([{ name: 'snapshot', subscribers: null, at: 0 }]);
  expect(view.claims).toEqual(['s2']);
  expect(view.subscribers).toMatchObject([{ id: 's1', cutoff: null }]);
  expect(view.subscribers[0]).not.toHaveProperty('impliedRestore');
});

test('a word of before about some stays, and another of the same name adds to it', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const db = new Database(file);
  migrate(db, MIGRATIONS.slice(0, 10), 0);
  db.exec(`INSERT INTO releases (router, name, subscribers, at) VALUES ('r0', 'orphans-r0', '["a"]', 1000);
    INSERT INTO braked (router, name, subscribers) VALUES ('r0', 'orphans-r0', '["b"]');`);
  db.close();

  const { control, agent } = openTestStore(file);
  await control.acceptIntent({ kind: 'release', router: 'r0', operations: ['orphans-r0'] }, contexts()({ at: 2_000 }));
  expect((await agent.desiredFor('r0')).releases).toEqual([
    { name: 'orphans-r0', subscribers: ['a'], at: 1_000 },
    { name: 'orphans-r0', subscribers: ['b'], at: 2_000 },
  ]);
});

test('whom a database of before holds was shown by any version, and nobody who joins from now on', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const db = new Database(file);
  migrate(db, MIGRATIONS.slice(0, 11), 0);
  db.exec(`INSERT INTO braked (router, name, subscribers) VALUES ('r0', 'x', '["a","b"]'), ('r0', 'y', '["c"]');`);
  db.close();

  const { control, agent } = openTestStore(file);
  const hold = async (...ids: readonly string[]): Promise<void> => {
    const held = ids.map((id) => ({ subject: `subscriber/${id}`, reason: 'brake', detail: '', operations: ['x'] }));
    const plan = { router: 'r0', at: '1970-01-01T00:00:03.000Z', steps: [], held, findings: [] };
    await agent.recordRouter(unseenStatus('r0'), plan);
  };
  const shown = [{ router: 'r0', operation: 'x', version: 1 }];
  const release = { kind: 'release', router: 'r0', operations: ['x'], shown } as const;
  const next = contexts();
  await control.acceptIntent(release, next());
  await hold('a', 'b', 'd');
  await control.acceptIntent(release, next());
  expect((await agent.desiredFor('r0')).releases).toMatchObject([
    { name: 'x', subscribers: ['a', 'b'] },
    { name: 'x', subscribers: ['a', 'b'] },
  ]);
});

test('the routers that hold a name are found by it, however many names are held', () => {
  const file = join(temporaryFolder(), 'store.db');
  openTestStore(file);
  const db = new Database(file, { readonly: true });
  const plan = db.prepare('EXPLAIN QUERY PLAN SELECT router FROM braked WHERE name = ?').all('x');
  db.close();
  expect(plan).toMatchObject([{ detail: expect.stringMatching(/^SEARCH braked .*name=/) as string }]);
});
