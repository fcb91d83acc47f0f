import { setTimeout } from 'node:timers/promises';
import type { Product } from './product.ts';
import { desire, reconcile, type Figure } from './rows.ts';

/** One pass a minute is the default: the window holds at least one. */
const WINDOW_MS = 65_000;
const RSS_MB = 150;
const CPU_PERCENT = 1;
/** A share of a site that is cut on an ordinary day. */
const CUT_OF = 33;

/** Row 9: all three daemons in one process, with every subscriber known and nothing to do. */
export async function row9(product: Product, subscribers: number): Promise<readonly Figure[]> {
  const fresh = product.rssMb();
  await desire(product.api, 1, { subscribers, cut: (number) => number % CUT_OF === 0 });
  const ordinary = await idle(product);
  await desire(product.api, 2, { subscribers, cut: () => true });
  const allCut = await idle(product);
  const figures = (what: string, { rssMb, cpuPercent }: Idle, isTarget: boolean): readonly Figure[] => [
    {
      row: 9,
      what: `resident set, idle, ${what}`,
      value: `${rssMb.toFixed(0)} MB`,
      target: isTarget ? `<= ${RSS_MB} MB` : '',
      holds: isTarget ? rssMb <= RSS_MB : null,
    },
    {
      row: 9,
      what: `CPU over ${WINDOW_MS / 1000} s, idle, ${what}`,
      value: `${cpuPercent.toFixed(2)} %`,
      target: isTarget ? `<= ${CPU_PERCENT} %` : '',
      holds: isTarget ? cpuPercent <= CPU_PERCENT : null,
    },
  ];
  return [
    { row: 9, what: 'resident set, started, nobody known', value: `${fresh.toFixed(0)} MB`, target: '', holds: null },
    ...figures(`${subscribers} subscribers, one in ${CUT_OF} cut`, ordinary, true),
    ...figures(`${subscribers} subscribers, all cut`, allCut, false),
  ];
}

interface Idle {
  readonly rssMb: number;
  readonly cpuPercent: number;
}

async function idle(product: Product): Promise<Idle> {
  await reconcile(product.api);
  const from = { cpu: product.cpuSeconds(), at: performance.now() };
  await setTimeout(WINDOW_MS);
  const seconds = (performance.now() - from.at) / 1000;
  return { rssMb: product.rssMb(), cpuPercent: (100 * (product.cpuSeconds() - from.cpu)) / seconds };
}
