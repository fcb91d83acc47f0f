import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** Keeps some MB, goes through many times as much, and says what the old generation took at most, MB. */
const CHURN = `
  import { getHeapSpaceStatistics } from 'node:v8';
  const oldSpace = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space').space_size;
  const record = (at) => ({ at, rows: Array.from({ length: 20 }, (_, row) => ({ row, text: String(at * row) })) });
  const kept = Array.from({ length: 8_000 }, (_, at) => record(at));
  let most = 0;
  for (let at = 0; at < 150_000; at += 1) {
    kept[at % kept.length] = record(at);
    if (at % 1000 === 0) most = Math.max(most, oldSpace());
  }
  console.log(most / 2 ** 20);
`;

async function mostAfter(prelude: string): Promise<number> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    // As on a machine with memory to spare.
    '--max-old-space-size=4096',
    '--import',
    'tsx',
    '--input-type=module',
    '--eval',
    prelude + CHURN,
  ]);
  // An unknown flag is no error to V8: it only says so.
  expect(stderr).toBe('');
  return Number(stdout);
}

test('a daemon’s heap is swept long before it is a multiple of what it holds', async () => {
  const heap = JSON.stringify(join(import.meta.dirname, '..', 'heap.ts'));
  const lazy = await mostAfter('');
  const swept = await mostAfter(`import { keepHeapSmall } from ${heap}; keepHeapSmall();`);
  expect(swept).toBeLessThan(0.75 * lazy);
});
