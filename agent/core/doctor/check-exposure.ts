import type { Finding } from '../../../schemas/finding.ts';
import { canonicalPorts } from '../canonical.ts';
import { finding } from '../findings/table.ts';
import { isTrue, type Row } from '../row.ts';
import { evaluateInput, ListIndex, type InputVerdict } from './evaluate-input.ts';
import { answered, isSeen, type DoctorFacts } from './facts.ts';
import { vantages, type Vantage } from './vantage.ts';

/** Whether the proxy, or the router's DNS, is open to anyone who is not cut: from the WAN side and from neighbours, of whom sixteen speak for all. */
export function checkExposure(facts: DoctorFacts): readonly Finding[] {
  if (!isSeen(facts, 'filter') || !isSeen(facts, 'proxy')) return [];
  const places = vantages(facts);
  const ports = openPorts(facts);
  // Read once: a list may have thousands of rows, and every place is held against it.
  const lists = { 4: new ListIndex(answered(facts, 'lists')), 6: new ListIndex(answered(facts, 'lists6')) };
  const judge: Judge = (place, protocol, port) => verdictFor(facts, lists[place.family], place, protocol, port);
  return [
    ...ports.flatMap((port) => portFindings(facts, port, places, judge)),
    ...(ports.length > 0 && isSeen(facts, 'routes') && !places.some(({ side }) => side === 'wan')
      ? [finding('proxy-exposure-unknown', { port: facts.settings.port, family: 4, side: 'wan', rules: ['/ip route'] })]
      : []),
    ...dnsFindings(facts, places, judge),
    ...activeFinding(facts),
  ];
}

type Judge = (place: Vantage, protocol: 'tcp' | 'udp', port: number) => InputVerdict;

function portFindings(facts: DoctorFacts, port: number, places: readonly Vantage[], judge: Judge): readonly Finding[] {
  const findings: Finding[] = [];
  for (const family of [4, 6] as const) {
    // Without that firewall there is no rule to judge; `ipv6-no-firewall` says so.
    if (!isSeen(facts, family === 4 ? 'filter' : 'filter6')) continue;
    for (const side of ['wan', 'neighbour'] as const) {
      const verdicts = places
        .filter((place) => place.family === family && place.side === side)
        .map((place) => judge(place, 'tcp', port));
      const rules = verdicts.flatMap((verdict) => (verdict.kind === 'unknown' ? verdict.rules : []));
      if (verdicts.some(({ kind }) => kind === 'open'))
        findings.push(
          finding(side === 'wan' ? 'proxy-open-wan' : 'proxy-open-neighbours', closable(facts, port, family)),
        );
      else if (rules.length > 0)
        findings.push(finding('proxy-exposure-unknown', { port, family, side, rules: [...new Set(rules)] }));
    }
  }
  return findings;
}

function dnsFindings(facts: DoctorFacts, places: readonly Vantage[], judge: Judge): readonly Finding[] {
  const dns = answered(facts, 'dns')[0];
  if (dns === undefined) return [];
  const servers = `${dns.get('servers') ?? ''}${dns.get('dynamic-servers') ?? ''}`;
  const isOpen =
    isTrue(dns.get('allow-remote-requests')) &&
    places.some((place) => place.side === 'wan' && place.family === 4 && judge(place, 'udp', 53).kind === 'open');
  return [
    ...(servers === '' ? [finding('dns-none', null)] : []),
    ...(isOpen ? [finding('dns-open', { before: firstInput(facts, 'filter') })] : []),
  ];
}

/** This box is not cut: whatever the rules look like, an answer to it proves the port open. */
function activeFinding(facts: DoctorFacts): readonly Finding[] {
  const { proxyAnswer, settings } = facts;
  if (proxyAnswer?.kind !== 'answered') return [];
  return [finding('proxy-answers-box', { ...closable(facts, settings.port, 4), status: proxyAnswer.status })];
}

/** What the command that shuts a port needs to know; nothing can stand before a rule that the router made itself. */
function closable(
  facts: DoctorFacts,
  port: number,
  family: 4 | 6,
): { port: number; family: 4 | 6; isOurs: boolean; before: string | null } {
  return {
    port,
    family,
    isOurs: port === facts.settings.port,
    before: firstInput(facts, family === 4 ? 'filter' : 'filter6'),
  };
}

function firstInput(facts: DoctorFacts, question: 'filter' | 'filter6'): string | null {
  const first = answered(facts, question).find((row) => row.get('chain') === 'input' && !isTrue(row.get('dynamic')));
  return first?.get('.id') ?? null;
}

function verdictFor(
  facts: DoctorFacts,
  lists: ListIndex,
  place: Vantage,
  protocol: 'tcp' | 'udp',
  port: number,
): InputVerdict {
  const { family, source, destination, inInterface } = place;
  return evaluateInput(
    { protocol, source, destination, destinationPort: port, inInterface },
    {
      filter: answered(facts, family === 4 ? 'filter' : 'filter6'),
      nat: family === 4 ? answered(facts, 'nat') : [],
      members: answered(facts, 'members'),
      lists,
    },
  );
}

/** The ports on which the proxy listens and would serve a stranger; ours is to be shut in any case. */
function openPorts(facts: DoctorFacts): readonly number[] {
  const proxy = answered(facts, 'proxy')[0];
  const mode = answered(facts, 'deviceMode')[0];
  if (!isTrue(proxy?.get('enabled')) || (mode !== undefined && !isTrue(mode.get('proxy') ?? 'yes'))) return [];
  return canonicalPorts(proxy?.get('port') ?? '')
    .split(',')
    .map(Number)
    .filter((port) => port > 0 && (port === facts.settings.port || !isDenied(answered(facts, 'access'), port)));
}

const SPECIFIC = ['src-address', 'dst-address', 'dst-host', 'dst-port', 'method', 'path'];

/** True when the first access row that speaks for everybody on that port denies. */
function isDenied(access: readonly Row[], port: number): boolean {
  const general = access.find((row) => {
    const local = row.get('local-port') ?? '';
    const isNamed = local === '' || canonicalPorts(local).split(',').includes(String(port));
    return !isTrue(row.get('disabled')) && isNamed && SPECIFIC.every((name) => (row.get(name) ?? '') === '');
  });
  return general?.get('action') === 'deny';
}
