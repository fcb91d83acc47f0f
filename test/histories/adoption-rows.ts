import { isOurs } from '../../agent/test/worker/wild-router.ts';
import type { LabRouter } from '../../lab/routeros/lab-router.ts';

type Values = Readonly<Record<string, string>>;

/** A row that a person can see and that nobody's timer made, as one compares it: ids and moments left out. */
export interface Plain {
  readonly menu: string;
  readonly values: Values;
  readonly text: string;
}

/** What the rules of a router consist of; where order means nothing rows are sorted. */
const LISTS = ['/ip/firewall/address-list', '/ipv6/firewall/address-list'];
const ORDERED = [
  '/ip/proxy/access',
  '/ip/firewall/nat',
  '/ip/firewall/filter',
  '/ipv6/firewall/filter',
  '/ip/dns/static',
  '/ip/proxy',
];
const TOLD_ANEW = new Set(['.id', 'creation-time', 'invalid', 'inactive']);
/** What a hand-back may leave: the router may have nothing else at the portal's address. */
const LEFT = /^left by wisp-edge/;

/** Rows of ours and of everybody else, but those that live by a timer or a name. */
export function plainRows(lab: LabRouter): readonly Plain[] {
  const snapshot = lab.snapshot();
  return [...LISTS, ...ORDERED].flatMap((menu) => {
    const rows = (snapshot[menu] ?? [])
      .filter((row) => row['dynamic'] !== 'true')
      .map((row): Plain => {
        const told = Object.entries(row).filter(([name]) => !TOLD_ANEW.has(name));
        return { menu, values: row, text: `${menu} ${JSON.stringify(told.sort())}` };
      });
    return LISTS.includes(menu) ? rows.sort((a, b) => (a.text < b.text ? -1 : 1)) : rows;
  });
}

/** Not ours, nor what a hand-back left. */
export function isForeign({ values }: Plain): boolean {
  return !isOurs(values) && !LEFT.test(values['comment'] ?? '');
}

/** WispHub's, by what it is for: a client's list row or page, or a rule that works on those lists. */
export function isWisphubRow({ menu, values }: Plain): boolean {
  const { comment = '', list = '' } = values;
  if (menu === '/ip/firewall/address-list') return list === 'Moroso' || list === 'Aviso';
  if (menu === '/ip/proxy/access') return /-(?:Moroso|Aviso)$/.test(comment);
  return menu === '/ip/proxy' || (menu === '/ip/firewall/nat' && comment.startsWith('WispHub - '));
}

/** Where rows differ from those of before; `mayLack`: these may be gone. */
export function differences(
  before: readonly Plain[],
  now: readonly Plain[],
  mayLack: (row: Plain) => boolean,
): readonly string[] {
  const found: string[] = [];
  let at = 0;
  for (const row of before) {
    if (now[at]?.text === row.text) at += 1;
    else if (!mayLack(row)) {
      found.push(`lacks or has elsewhere ${row.text}, where ${now[at]?.text ?? 'the end'} is`);
      break;
    }
  }
  if (found.length === 0 && at < now.length) found.push(`has ${now[at]?.text ?? ''} besides`);
  return found;
}
