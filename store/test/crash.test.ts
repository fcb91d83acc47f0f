import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openTestStore, temporaryFolder } from './fixture.ts';

const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));

test('what was acknowledged before kill -9 is there after it (I10)', async () => {
  const file = join(temporaryFolder(), 'store.db');
  const child = spawn(process.execPath, ['--import', 'tsx', WRITER, file]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const exited = once(child, 'exit');
  let acknowledged = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged = Number(line);
    if (acknowledged === 120) child.kill('SIGKILL');
  }
  await exited;
  const { agent } = openTestStore(file);
  const { subscribers } = await agent.desiredFor('r0');
  expect(acknowledged).toBeGreaterThanOrEqual(120);
  expect(subscribers.length).toBeGreaterThanOrEqual(acknowledged);
  expect(subscribers.length).toBeLessThanOrEqual(acknowledged + 1);
});
