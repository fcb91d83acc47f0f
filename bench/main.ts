import { parseArgs } from 'node:util';
import { row9 } from './idle.ts';
import { startLabChild } from './lab-child.ts';
import { row5 } from './many-routers.ts';
import { row6 } from './phones.ts';
import { startProduct } from './product.ts';
import { row1, row2, row3, row4, type Figure } from './rows.ts';
import { row7 } from './sip.ts';

/**
 * Prints the numbers the product holds itself to (ARCHITECTURE.md, "Numbers"), each beside a peer on the same lab router
 * in the same run. Ratios are what counts; absolute times belong to the machine.
 */
const { values } = parseArgs({
  options: {
    cutoffs: { type: 'string', default: '10000' },
    routers: { type: 'string', default: '200' },
    only: { type: 'string', default: '1,2,3,4,5,6,7,9' },
  },
});
const cutoffs = Number(values.cutoffs);
const chosen = new Set(values.only.split(',').map(Number));

await onFreshRouter(async (product, lab) => {
  if (chosen.has(1)) print(await row1(product, lab));
});
await onFreshRouter(async (product, lab) => {
  if (chosen.has(2)) print(await row2(product, lab, cutoffs));
  if (chosen.has(3)) print(await row3(product, lab));
  if (chosen.has(4)) print(await row4(product, lab, cutoffs / 100));
});
if (chosen.has(5)) print(await row5(Number(values.routers)));
if (chosen.has(6)) print(await row6());
if (chosen.has(7)) print(await row7());
if (chosen.has(9)) {
  await onFreshRouter(async (product) => {
    print(await row9(product, cutoffs));
  });
}

async function onFreshRouter(
  work: (...args: [Parameters<typeof row1>[0], Parameters<typeof row1>[1]]) => Promise<void>,
): Promise<void> {
  const lab = await startLabChild();
  try {
    const product = await startProduct(lab.port);
    try {
      await work(product, lab);
    } finally {
      await product.stop();
    }
  } finally {
    await lab.close();
  }
}

function print(figures: readonly Figure[]): void {
  for (const { row, what, value, target, holds } of figures) {
    const verdict = holds === null ? '     ' : holds ? 'holds' : 'FAILS';
    process.stdout.write(`row ${row}  ${what.padEnd(76)} ${value.padStart(24)}  ${target.padEnd(10)} ${verdict}\n`);
    if (holds === false) process.exitCode = 1;
  }
}
