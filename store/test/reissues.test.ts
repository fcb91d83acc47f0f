import { expect, test } from 'vitest';
import type { ReissueReport } from '../ports.ts';
import { contexts, openTestStore } from './fixture.ts';

const row = (subscriber: string, state: ReissueReport['rows'][number]['state']): ReissueReport['rows'][number] => ({
  subscriber,
  from: `https://old.example/${subscriber}/`,
  to: `https://new.example/${subscriber}/`,
  state,
});

test('a reissue tells whom it concerned when it began, how far each is, and who has no page any more', async () => {
  const { agent, control } = openTestStore();
  await control.acceptIntent({ kind: 'reissue' }, contexts(['r0', 'r1'])());
  const begun = { operation: 'o1', router: 'r0', rows: [row('s1', 'pending'), row('s2', 'pending')], isFirst: true };
  const counted = async (): Promise<readonly boolean[]> =>
    (await agent.openOperations('r0')).map(({ isCounted }) => isCounted);
  expect(await counted()).toEqual([false]);
  await agent.recordReissue(5, begun);
  expect(await counted()).toEqual([true]);
  await agent.recordReissue(5, { ...begun, router: 'r1', rows: [row('s7', 'held')] });
  await agent.noteReissued(6, 'o1', 'r0', ['s1']);
  expect((await control.readOperation('o1'))?.result).toEqual({
    total: 3,
    done: 1,
    routers: { r0: { total: 2, done: 1 }, r1: { total: 1, done: 0 } },
  });
  // Read again: one led anew, one restored meanwhile, one cut since: he is no part of it.
  const again = [{ ...row('s1', 'verified'), from: 'https://new.example/s1/' }, row('s3', 'verified')];
  await agent.recordReissue(7, { operation: 'o1', router: 'r0', rows: again, isFirst: false });
  const page = await control.listReissued('o1', null, 2);
  expect(page).toEqual({
    items: [
      {
        id: 's1',
        router: 'r0',
        from: 'https://old.example/s1/',
        to: 'https://new.example/s1/',
        state: 'verified',
        at: new Date(7).toISOString(),
      },
      {
        id: 's2',
        router: 'r0',
        from: 'https://old.example/s2/',
        to: 'https://new.example/s2/',
        state: 'ended',
        at: new Date(7).toISOString(),
      },
    ],
    next: 'r0/s2',
  });
  const rest = await control.listReissued('o1', page.next, 2);
  expect([rest.items.map(({ id, state }) => [id, state]), rest.next]).toEqual([[['s7', 'held']], null]);

  await agent.advanceOperations(8, [
    { id: 'o1', router: 'r0', state: 'verified', result: { subscribers: 9 } },
    { id: 'o1', router: 'r1', state: 'verified', result: { subscribers: 1 } },
  ]);
  expect(await control.readOperation('o1')).toMatchObject({
    state: 'verified',
    result: {
      total: 3,
      done: 2,
      routers: { r0: { total: 2, done: 2, subscribers: 9 }, r1: { total: 1, subscribers: 1 } },
    },
  });
});

test('progress of ten thousand is told ten times and a bit, not ten thousand times', async () => {
  const { agent, control } = openTestStore();
  await control.acceptIntent({ kind: 'reissue' }, contexts(['r0'])());
  const ids = Array.from({ length: 1000 }, (_, at) => `s${at}`);
  const rows = ids.map((id) => row(id, 'pending'));
  await agent.recordReissue(5, { operation: 'o1', router: 'r0', rows, isFirst: true });
  for (let at = 0; at < ids.length; at += 10) await agent.noteReissued(6, 'o1', 'r0', ids.slice(at, at + 10));
  const told = (await agent.entriesAfter(0, 1000)).filter(({ type }) => type === 'operation.progress');
  expect(told.map(({ data }) => data['done'])).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
});
