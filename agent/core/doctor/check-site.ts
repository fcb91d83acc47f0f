import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { ownerOf, printKey } from '../ownership.ts';
import { isTrue, type Row } from '../row.ts';
import { answered, type DoctorFacts, type Question } from './facts.ts';
import { parseMoment, routerWall } from './router-time.ts';

const DAY_MS = 86_400_000;
/** The proxy takes 600 clients at once by default, and each row is walked for each request. */
const MANY_PAGES = 2000;

/** Resolvers and portal, as this box reaches them. */
export function checkPortal({
  portal,
  resolvers,
  domain,
}: Pick<DoctorFacts, 'portal' | 'resolvers' | 'domain'>): readonly Finding[] {
  const findings: Finding[] = [];
  const silent = resolvers.filter(({ isAnswer }) => !isAnswer);
  for (const { resolver, why } of silent) {
    const severity = silent.length === resolvers.length ? 'error' : 'warning';
    findings.push(finding('resolver-silent', { resolver, domain: domain ?? '', why }, severity));
  }
  const isAllClosed = portal.every(({ https }) => https.kind === 'closed');
  // One certificate stands on every address of a site: it is told once.
  const certificates = new Map<string, readonly string[]>();
  for (const { address, https, http } of portal) {
    if (https.kind === 'closed')
      findings.push(
        finding(
          'portal-unreachable',
          { address, port: 443, why: https.why, domain },
          isAllClosed ? 'error' : 'warning',
        ),
      );
    else if (https.kind === 'certificate')
      certificates.set(https.why, [...(certificates.get(https.why) ?? []), address]);
    if (http.kind === 'closed' && https.kind !== 'closed')
      findings.push(finding('portal-http-closed', { address, why: http.why }));
  }
  for (const [why, addresses] of certificates)
    findings.push(finding('portal-certificate', { address: addresses.join(', '), domain: domain ?? '', why }));
  return findings;
}

/** Whether WispHub still writes to this router. */
export function checkWisphub(facts: DoctorFacts): readonly Finding[] {
  const findings: Finding[] = [];
  const clock = answered(facts, 'clock')[0];
  const wall = clock === undefined ? null : routerWall(clock);
  for (const row of answered(facts, 'users')) {
    const user = row.get('name') ?? '';
    const at = row.get('last-logged-in') ?? '';
    const last = parseMoment(at);
    if (!/^wisphub/i.test(user) || isTrue(row.get('disabled')) || last === null || wall === null) continue;
    if (wall - last < DAY_MS) findings.push(finding('wisphub-writes', { user, at }));
  }
  const rules = answered(facts, 'nat').filter(
    (row) => /^wisphub\b/i.test(row.get('comment') ?? '') && !isTrue(row.get('disabled')),
  );
  const idsOf = (rows: readonly Row[]): readonly string[] => rows.map((row) => row.get('.id') ?? '');
  const cutting = rules.filter((row) => row.get('action') === 'redirect');
  if (cutting.length > 0)
    // Its accepts go with the redirects: one that stayed would do nothing, one that went first would bar the portal (I4).
    findings.push(
      finding('wisphub-rules', {
        ids: idsOf(cutting),
        off: idsOf([...cutting, ...rules.filter((row) => !cutting.includes(row))]),
        isReplaced: isReplaced(facts, rules),
      }),
    );
  return [...findings, ...unmarked(facts)];
}

/**
 * True when those rules may go without anybody coming online by it: WispHub's cut is nothing but such a redirect. We manage
 * the router, our jumps stand, our cuts are in the list, and the rules look at no other list than ours do.
 */
function isReplaced(facts: DoctorFacts, rules: readonly Row[]): boolean {
  const { mode, lists } = facts.settings;
  const isStanding = (question: Question, key: string): boolean =>
    answered(facts, question).some((row) => isOurs(row, key) && !isTrue(row.get('disabled')));
  const hasCuts = answered(facts, 'lists').some(
    (row) => row.get('list') === lists.cutoff && ownerOf(row) !== null && !isTrue(row.get('disabled')),
  );
  const isOfOurLists = rules.every((row) => {
    const list = row.get('src-address-list');
    return row.get('action') === 'accept' || list === lists.cutoff || list === lists.notice;
  });
  return (
    mode === 'manage' &&
    isStanding('filter', 'jump:forward') &&
    isStanding('nat', 'jump:dstnat') &&
    hasCuts &&
    isOfOurLists
  );
}

function isOurs(row: Row, key: string): boolean {
  const owner = ownerOf(row);
  return owner !== null && printKey(owner) === key;
}

function unmarked(facts: DoctorFacts): readonly Finding[] {
  const { cutoff, notice } = facts.settings.lists;
  const rows = [...answered(facts, 'lists'), ...answered(facts, 'lists6')].filter(
    (row) => [cutoff, notice].includes(row.get('list') ?? '') && ownerOf(row) === null && !isTrue(row.get('dynamic')),
  );
  if (rows.length === 0) return [];
  const newest = rows
    .map((row) => row.get('creation-time') ?? '')
    .sort((a, b) => (parseMoment(a) ?? 0) - (parseMoment(b) ?? 0))
    .at(-1);
  const lists = [...new Set(rows.map((row) => row.get('list') ?? ''))].sort();
  return [
    finding('unmarked-rows', { count: rows.length, lists, newest: (newest ?? '') === '' ? null : (newest ?? '') }),
  ];
}

/** Which notice back-end fits: the web proxy, unless it is barred or has too much to do. */
export function checkBackend(facts: DoctorFacts): readonly Finding[] {
  if (facts.settings.backend.kind === 'notice-server') return [];
  const mode = answered(facts, 'deviceMode')[0];
  const notices = facts.site.pages;
  if (mode !== undefined && !isTrue(mode.get('proxy') ?? 'yes'))
    return [finding('backend-advice', { why: 'device-mode', notices })];
  return notices > MANY_PAGES ? [finding('backend-advice', { why: 'many', notices })] : [];
}
