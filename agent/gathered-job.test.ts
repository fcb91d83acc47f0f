import { expect, test } from 'vitest';
import { GatheredJob } from './gathered-job.ts';

/** Lets all that is due in this turn happen. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('however many microtasks after the end of a run somebody asks, there is another run', async () => {
  for (let depth = 0; depth < 12; depth += 1) {
    let runs = 0;
    const job: GatheredJob = new GatheredJob(
      () => {
        runs += 1;
        const done = Promise.resolve();
        let later = done;
        for (let at = 0; at < depth; at += 1) later = later.then(() => undefined);
        if (runs === 1)
          void later.then(() => {
            job.ask();
          });
        return done;
      },
      () => undefined,
    );
    job.ask();
    await turn();
    expect([depth, runs]).toEqual([depth, 2]);
  }
});

test('it never runs beside itself, and all who ask meanwhile get one more run', async () => {
  const ends: (() => void)[] = [];
  const job = new GatheredJob(
    () => new Promise((resolve) => ends.push(resolve)),
    () => undefined,
  );
  for (let at = 0; at < 3; at += 1) job.ask();
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await turn();
  expect(ends).toHaveLength(2);
  ends[1]?.();
  await turn();
  expect(ends).toHaveLength(2);
});

test('a run that fails is told, and the next one comes all the same; after the stop none does', async () => {
  const failures: unknown[] = [];
  let runs = 0;
  const job: GatheredJob = new GatheredJob(
    () => {
      runs += 1;
      if (runs === 1) job.ask();
      return Promise.reject(new Error(`run ${runs}`));
    },
    (error) => failures.push(error),
  );
  job.ask();
  await turn();
  expect(failures).toEqual([new Error('run 1'), new Error('run 2')]);
  await job.stop();
  job.ask();
  await turn();
  expect(runs).toBe(2);
});
