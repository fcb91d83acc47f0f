import type { Finding } from '../../../schemas/finding.ts';
import { finding } from '../findings/table.ts';
import { answered, type DoctorFacts } from './facts.ts';

/** Needed by what wisp-edge does (facts of MikroTik's API manual; write does not include read). */
const NEEDED = ['read', 'write', 'api'];
/** Useful or harmless beside them. */
const FINE = new Set([...NEEDED, 'test', 'rest-api']);

/** What a group of our own may be called; the first is what enrolment makes. */
const NEW_GROUPS = ['wisp-edge', 'wisp-edge-agent', 'wisp-edge-agent-2'];
/** The groups RouterOS comes with: everybody's. */
const BUILT_IN = new Set(['read', 'write', 'full']);

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
    return [
      finding('policy-missing', {
        group: name ?? null,
        user: facts.user,
        isOwn: false,
        denied: [],
        newGroup: '',
        policies: ['read'],
      }),
    ];
  }
  const words = (group.get('policy') ?? '').split(',').filter((word) => word !== '');
  const allowed = words.filter((word) => !word.startsWith('!'));
  // A router that is only looked at needs no write.
  const needed = NEEDED.filter((policy) => policy !== 'write' || facts.settings.mode !== 'observe');
  const missing = needed.filter((policy) => !allowed.includes(policy));
  const excess = allowed.filter((policy) => !FINE.has(policy));
  // What the router's own words are, it knows them all: a new group denies every one that is not needed.
  const denied = words.map((word) => word.replace(/^!/, '')).filter((word) => !NEEDED.includes(word));
  const isOwn = !BUILT_IN.has(name) && isAlone(facts, name);
  const taken = new Set(answered(facts, 'groups').map((row) => row.get('name')));
  const newGroup = NEW_GROUPS.find((one) => !taken.has(one)) ?? '';
  const seen = { group: name, user: facts.user, isOwn, denied, newGroup };
  return [
    ...(missing.length === 0 ? [] : [finding('policy-missing', { ...seen, policies: missing })]),
    ...(excess.length === 0 ? [] : [finding('policy-excess', { ...seen, policies: excess })]),
  ];
}

/** True when nobody but our user is in that group: what is changed there changes nobody else's rights. */
function isAlone(facts: DoctorFacts, group: string): boolean {
  return answered(facts, 'users').every((row) => row.get('group') !== group || row.get('name') === facts.user);
}
