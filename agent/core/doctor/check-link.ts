import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import type { DoctorFacts } from './facts.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 30;
/** What config.example.yaml has in the place of a pin: nothing is pinned yet. */
const NO_PIN = /^0{64}$/;

/** Reachability, each cause by its own name, and who the peer is. */
export function checkLink(facts: DoctorFacts): readonly Finding[] {
  const seen = { host: facts.host, port: facts.port, isPlain: facts.tls.kind === 'plain' };
  const peer = peerFindings(facts);
  if (facts.link.kind === 'up') return facts.tls.kind === 'plain' ? [finding('api-plain', seen)] : peer;
  const { stop, why } = facts.link;
  switch (stop) {
    case 'refused':
      return [finding('api-refused', seen)];
    case 'reset':
      return [finding('api-reset', seen)];
    case 'closed':
      return [finding('api-closed', seen)];
    case 'timeout':
      return [finding('api-timeout', seen)];
    case 'mute':
      return [finding('api-mute', seen)];
    case 'unreachable':
      return [finding('api-unreachable', { ...seen, why })];
    case 'login':
      return [...peer, finding('login-refused', { user: facts.user })];
    case 'tls':
      return peer.some(({ severity }) => severity === 'error') ? peer : [finding('tls-failed', { ...seen, why })];
  }
}

function peerFindings({ peer, tls, host, port, now }: DoctorFacts): readonly Finding[] {
  if (peer === null || tls.kind === 'plain') return [];
  if (peer.kind === 'anonymous') return [finding('tls-anonymous', { host, port })];
  if (peer.kind === 'failed') return [finding('tls-failed', { host, port, why: peer.why })];
  const { sha256, subject, validFrom, validTo, isSelfSigned, distrust, lastDay } = peer;
  const seen = { host, port, sha256, subject, validTo: lastDay };
  const isOver = now > validTo || now < validFrom;
  const days = Math.floor((validTo - now) / DAY_MS);
  const findings: Finding[] = [];
  if (tls.kind === 'pin' && NO_PIN.test(tls.sha256)) findings.push(finding('tls-not-pinned', seen));
  else if (tls.kind === 'pin' && tls.sha256 !== sha256) findings.push(finding('tls-wrong-pin', seen));
  else if (tls.kind === 'ca' && distrust !== null && !isOver)
    findings.push(finding('tls-untrusted', { ...seen, isSelfSigned, why: distrust }));
  // A pin is compared and no date is: an old certificate still connects. Under a CA it does not.
  if (isOver) findings.push(finding('tls-expired', seen, tls.kind === 'ca' ? 'error' : 'warning'));
  else if (days < SOON_DAYS) findings.push(finding('tls-expires-soon', { ...seen, days }));
  return findings;
}
