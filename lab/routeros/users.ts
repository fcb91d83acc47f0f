import { createHash } from 'node:crypto';
import { isWithin, parseIp, parseRange } from './address.ts';
import { tableOf, type RouterState } from './state.ts';
import type { StoredRow } from './table.ts';

/** True when the user's group has the policy word (`/user/group policy`). */
export function allows(state: RouterState, user: string, policy: string): boolean {
  const group = findUser(state, user)?.attributes['group'];
  const row = tableOf(state, '/user/group')
    .rows()
    .find(({ attributes }) => attributes['name'] === group);
  return row?.attributes['policy']?.split(',').includes(policy) === true;
}

/** True when name and password fit, the user is not disabled, may come from there, and may use the API. */
export function mayLogIn(
  state: RouterState,
  name: string,
  isRight: (password: string) => boolean,
  from: string,
): boolean {
  const user = findUser(state, name);
  if (user === undefined || user.attributes['disabled'] === 'true') return false;
  if (!isRight(state.passwords.get(name) ?? '')) return false;
  return isFromAllowed(user.attributes['address'], from) && allows(state, name, 'api');
}

/** `/ip/service address`, `/user address`: empty lets everybody in. */
export function isFromAllowed(list: string | undefined, from: string): boolean {
  if (list === undefined || list === '') return true;
  const ip = parseIp(from.replace(/^::ffff:/, ''));
  if (ip === null) return false;
  return list.split(',').some((text) => {
    const range = parseRange(text);
    return range !== null && isWithin(range, ip);
  });
}

/** The challenge of the login before 6.43: 32 hex digits. */
export function newChallenge(random: () => number): string {
  return Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
}

/** The answer to it: `00` and the MD5 of a zero byte, the password and the challenge's bytes (manual, "API", "Login"). */
export function challengeResponse(password: string, challenge: string): string {
  const digest = createHash('md5');
  digest.update(Uint8Array.of(0)).update(Buffer.from(password, 'latin1')).update(Buffer.from(challenge, 'hex'));
  return `00${digest.digest('hex')}`;
}

function findUser(state: RouterState, name: string): StoredRow | undefined {
  return tableOf(state, '/user')
    .rows()
    .find(({ attributes }) => attributes['name'] === name);
}
