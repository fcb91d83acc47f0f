import { parseAddress, refuseAddress } from '../../schemas/address.ts';
import type { Finding } from '../../schemas/finding.ts';
import type { ResolverAnswer } from '../../schemas/portal-round.ts';
import { finding } from './findings/table.ts';

/** What a chain is held against: names in lower case. */
export interface ChainRules {
  readonly domain: string;
  /** Where the chain may lead; none for anywhere. */
  readonly cnameTargets: readonly string[];
  /** Where staff work: a chain that passes one of them shows subscribers the staff's login. */
  readonly adminHosts: readonly string[];
  /** What the targets themselves resolve to; left out where nobody asked, for nothing hangs on it. */
  readonly targetAddresses?: readonly string[];
}

export interface ChainVerdict {
  /** True: every resolver that answered leads, alike, to where it may. False: one does not. Null: none answered. */
  readonly isGood: boolean | null;
  readonly findings: readonly Finding[];
}

/**
 * Judges what the resolvers said of the portal's domain in one round. Silence and SERVFAIL say nothing of a chain; that a
 * name does not exist, has no address or is an alias of itself is an answer, and a bad one (a negative answer may be kept
 * by a resolver for hours after the record was made, RFC 2308 §5).
 */
export function judgeChain(seen: readonly ResolverAnswer[], rules: ChainRules): ChainVerdict {
  const speaking = seen.filter(({ outcome }) => outcome !== 'timeout' && outcome !== 'server-failure');
  const answers = speaking.filter(({ outcome }) => outcome === 'answer');
  const { domain, cnameTargets } = rules;
  const findings: Finding[] = [];
  if (seen.length > 0 && speaking.length === 0) {
    const why = seen.map(({ resolver, outcome, detail }) => `${resolver}: ${detail ?? outcome}`);
    findings.push(finding('portal-resolvers-silent', { domain, why }));
  }
  if (speaking.length > 0 && answers.length === 0) {
    const why = speaking.map(({ resolver, detail, outcome }) => `${resolver}: ${detail ?? outcome}`);
    findings.push(finding('portal-chain-broken', { domain, targets: cnameTargets, why }));
  }
  const admin = answers.flatMap(({ chain }) => chain).find((host) => isAdminHost(host, rules));
  if (admin !== undefined) findings.push(finding('portal-admin-host', { domain, host: admin, targets: cnameTargets }));
  const outside = answers.filter((one) => isOutside(one, rules));
  const [stray] = outside;
  if (stray !== undefined) {
    const resolvers = outside.map(({ resolver }) => resolver);
    findings.push(finding('portal-chain-outside', { chain: stray.chain, resolvers, targets: cnameTargets }));
  }
  const plain = answers.filter(({ chain }) => chain.length <= 1 && !cnameTargets.includes(domain));
  const unproven = plain.filter((one) => isUnproven(one, rules));
  if (unproven.length > 0 || (plain.length > 0 && plain.length === answers.length && cnameTargets.length > 0)) {
    const seen = { domain, targets: cnameTargets };
    findings.push(finding('portal-no-alias', seen, unproven.length > 0 ? 'warning' : undefined));
  }
  // Notices are IPv4 only, and so are most subscribers.
  const isSixOnly = answers.length > 0 && !answers.some(({ addresses }) => addresses.some(isIpv4));
  if (isSixOnly) findings.push(finding('portal-no-ipv4', { domain }));
  const isAgreed = speaking.length < 2 || agree(speaking, rules);
  if (!isAgreed) findings.push(finding('portal-resolvers-disagree', { domain, said: speaking.map(saidOf) }));
  const isStray = outside.length > 0 || admin !== undefined || unproven.length > 0 || isSixOnly;
  const isAllGood = isAgreed && answers.length === speaking.length && !isStray;
  return { isGood: speaking.length === 0 ? null : isAllGood, findings };
}

/** An answer that can be the address of a site: resolvers that block or lie give 0.0.0.0, 127.0.0.1 and their like. */
export function isSiteAddress(text: string): boolean {
  const address = parseAddress(text);
  if (address === null) return false;
  const refusal = refuseAddress(address);
  return refusal === null || refusal === 'released-ip';
}

function isIpv4(text: string): boolean {
  return parseAddress(text)?.family === 4;
}

/** An answer that leads elsewhere than it may: it is no answer of the portal's. */
export function isStray(answer: ResolverAnswer, rules: ChainRules): boolean {
  return isOutside(answer, rules) || answer.chain.some((host) => isAdminHost(host, rules));
}

/** A target that is named as such is none: WispHub's manual names its hosts differently from page to page. */
function isAdminHost(host: string, { adminHosts, cnameTargets }: ChainRules): boolean {
  return adminHosts.includes(host) && !cnameTargets.includes(host);
}

/** A record without alias shows no way at all, as of a name that a proxy (Cloudflare) stands for: it is no stray. */
function isOutside({ chain }: ResolverAnswer, { cnameTargets }: ChainRules): boolean {
  return cnameTargets.length > 0 && chain.length > 1 && !chain.some((host) => cnameTargets.includes(host));
}

/**
 * A wildcard of the hosting, or a resolver that turns NXDOMAIN into its own page, answers for a record that was not made
 * yet: without alias, and with no address that a target has.
 */
function isUnproven({ addresses }: ResolverAnswer, { cnameTargets, targetAddresses }: ChainRules): boolean {
  if (cnameTargets.length === 0 || targetAddresses === undefined) return false;
  return !addresses.some((address) => targetAddresses.includes(address));
}

/**
 * Resolvers agree when the part of the chain that is the ISP's own is the same: up to the target, or the first alias where
 * any target will do. What lies behind is the provider's, and a CDN answers each resolver as it likes. Without an alias
 * the addresses are compared, and one in common is enough.
 */
function agree(speaking: readonly ResolverAnswer[], rules: ChainRules): boolean {
  const [first, ...others] = speaking;
  if (first === undefined) return true;
  return others.every((other) => {
    if (other.outcome !== first.outcome || ownPart(other, rules) !== ownPart(first, rules)) return false;
    if (first.outcome !== 'answer' || first.chain.length > 1) return true;
    return other.addresses.some((address) => first.addresses.includes(address));
  });
}

function ownPart({ chain }: ResolverAnswer, { cnameTargets }: ChainRules): string {
  const target = chain.findIndex((host, at) => at > 0 && cnameTargets.includes(host));
  return chain.slice(0, target < 0 ? 2 : target + 1).join(' ');
}

function saidOf({ resolver, outcome, chain, addresses, detail }: ResolverAnswer): string {
  if (outcome !== 'answer') return `${resolver}: ${detail ?? outcome}`;
  return `${resolver}: ${chain.length > 1 ? chain.slice(1).join(' → ') : addresses.join(', ')}`;
}
