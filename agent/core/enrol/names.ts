/** What enrolment makes on a router. A menu without comments knows ours by the name. */
export const ENROLMENT = {
  group: 'wisp-edge',
  certificate: 'wisp-edge-api',
  /** Comments of the user: what api-ssl was before, so that `retire` can put it back. */
  userWhereApiWasOn: 'wisp-edge:user:api-ssl-was-on',
  userWhereApiWasOff: 'wisp-edge:user:api-ssl-was-off',
  /** It named no `address=` either; enrolment limited it to the box. */
  userWhereApiWasOffAndBare: 'wisp-edge:user:api-ssl-was-off-open',
  inputRule: 'wisp-edge:enrol:api',
} as const;

/** What the agent needs and no more (facts "rights"): no `policy`, so it can make neither users nor scripts. */
export const NEEDED_POLICIES = ['read', 'write', 'api'] as const;

/** Every other word is denied by name, for `set policy=` adds up; RouterOS 6 does not know `rest-api`. */
const DENIED_POLICIES =
  'local telnet ssh ftp reboot policy test winbox password web sniff sensitive romon rest-api'.split(' ');

/** `/user group policy=` for a major version of RouterOS. */
export function policyOf(routeros: 6 | 7): string {
  const denied = DENIED_POLICIES.filter((word) => routeros === 7 || word !== 'rest-api');
  return [...NEEDED_POLICIES, ...denied.map((word) => `!${word}`)].join(',');
}
