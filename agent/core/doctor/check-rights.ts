import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { answered, type DoctorFacts } from './facts.ts';

/** Needed by what wisp-edge does (facts of MikroTik's API manual; write does not include read). */
const NEEDED = ['read', 'write', 'api'];
/** Useful or harmless beside them. */
const FINE = new Set([...NEEDED, 'test', 'rest-api']);

/** The policies of the group that our user is in. */
export function checkRights(facts: DoctorFacts): readonly Finding[] {
  const refused = [...facts.answers].filter(
    ([, answer]) => answer.kind === 'unseen' && answer.code === 'router-not-permitted',
  );
  const user = answered(facts, 'users').find((row) => row.get('name') === facts.user);
  const name = user?.get('group');
  const group = answered(facts, 'groups').find((row) => row.get('name') === name);
  if (name === undefined || group === undefined) {
    if (refused.length === 0) return [];
    return [finding('policy-missing', { group: name ?? `(${facts.user})`, policies: ['read'] })];
  }
  const allowed = (group.get('policy') ?? '').split(',').filter((word) => word !== '' && !word.startsWith('!'));
  // A router that is only looked at needs no write.
  const needed = NEEDED.filter((policy) => policy !== 'write' || facts.settings.mode !== 'observe');
  const missing = needed.filter((policy) => !allowed.includes(policy));
  const excess = allowed.filter((policy) => !FINE.has(policy));
  return [
    ...(missing.length === 0 ? [] : [finding('policy-missing', { group: name, policies: missing })]),
    ...(excess.length === 0 ? [] : [finding('policy-excess', { group: name, user: facts.user, policies: excess })]),
  ];
}
