import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { ownerOf, printKey } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import { answered, isSeen, type DoctorFacts, type Question } from './facts.ts';

/** Our jumps, and where each must stand above every rule that could decide before it. */
const JUMPS: readonly {
  readonly question: Question;
  readonly menu: string;
  readonly chain: string;
  readonly key: string;
}[] = [
  { question: 'filter', menu: '/ip firewall filter', chain: 'forward', key: 'jump:forward' },
  { question: 'filter6', menu: '/ipv6 firewall filter', chain: 'forward', key: 'jump:forward-v6' },
  { question: 'filter', menu: '/ip firewall filter', chain: 'input', key: 'jump:input' },
  { question: 'filter6', menu: '/ipv6 firewall filter', chain: 'input', key: 'jump:input-v6' },
  { question: 'nat', menu: '/ip firewall nat', chain: 'dstnat', key: 'jump:dstnat' },
];

/** Actions that let a packet go on to the next rule. */
const PASSING = new Set(['log', 'passthrough', 'add-src-to-address-list', 'add-dst-to-address-list', 'mark-packet']);

/** FastTrack and rule order: whether our jumps stand first, and whether we can mend it. */
export function checkOrder(facts: DoctorFacts): readonly Finding[] {
  return JUMPS.flatMap((jump) => (isSeen(facts, jump.question) ? jumpFindings(facts, jump) : []));
}

function jumpFindings(facts: DoctorFacts, { question, menu, chain, key }: (typeof JUMPS)[number]): readonly Finding[] {
  const rows = answered(facts, question).filter((row) => row.get('chain') === chain && !isTrue(row.get('disabled')));
  const ours = rows.findIndex((row) => isJump(row, key));
  // A router that is only looked at has none of ours; that is no fault.
  if (ours === -1) return facts.settings.mode === 'manage' ? [finding('jump-missing', { menu, chain })] : [];
  const id = rows[ours]?.get('.id') ?? '';
  const above = rows.slice(0, ours).filter((row) => ownerOf(row) === null && !PASSING.has(row.get('action') ?? ''));
  const fast = above.find((row) => row.get('action') === 'fasttrack-connection');
  const made = above.find((row) => isTrue(row.get('dynamic')));
  const first = above.find((row) => !isTrue(row.get('dynamic')));
  const findings: Finding[] = [];
  if (fast !== undefined) findings.push(finding('fasttrack-above', { menu, chain, id, above: nameOf(fast) }));
  if (made !== undefined) findings.push(finding('jump-stuck', { menu, chain, above: nameOf(made) }));
  if (first !== undefined && first !== fast)
    findings.push(finding('jump-sunk', { menu, chain, id, above: nameOf(first) }));
  return findings;
}

function isJump(row: Row, key: string): boolean {
  const owner = ownerOf(row);
  return owner !== null && printKey(owner) === key;
}

function nameOf(row: Row): string {
  return row.get('.id') ?? '';
}
