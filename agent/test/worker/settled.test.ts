import { expect, test } from 'vitest';
import { scene } from './harness.ts';

const LIST = '/ip/firewall/address-list';

test('I6: a reconcile that finds all as it was decides nothing, and is verified by what was read for it', async () => {
  let kept = 0;
  const one = await scene({
    onSettled: () => {
      kept += 1;
    },
  });
  await one.put('s1');
  await one.settle({ kind: 'cutoff', id: 's1', cutoff: { reason: 'no payment' } });
  const first = await one.settle({ kind: 'reconcile', router: 'r0' });
  const before = kept;
  const again = await one.settle({ kind: 'reconcile', router: 'r0' });
  expect(kept).toBeGreaterThan(before);
  expect(again).toMatchObject({ state: 'verified', result: { subscribers: 1, held: 0 } });
  const [was, is] = [first, again].map((operation) => Number(new Date(String(readAt(operation)))));
  expect(is).toBeGreaterThan(was ?? Infinity);

  // What somebody took away is not as it was.
  for (const row of one.router.table(LIST).rows())
    if (row['list'] === 'Moroso') one.router.table(LIST).remove(row['.id'] ?? '');
  const mended = await one.settle({ kind: 'reconcile', router: 'r0' });
  expect(mended).toMatchObject({ state: 'verified' });
  expect(one.router.table(LIST).find({ list: 'Moroso' })).toBeDefined();
});

function readAt(operation: { readonly history: readonly { readonly evidence?: unknown }[] } | null): unknown {
  const evidence = operation?.history.at(-1)?.evidence;
  return typeof evidence === 'object' && evidence !== null && 'readAt' in evidence ? evidence.readAt : null;
}
