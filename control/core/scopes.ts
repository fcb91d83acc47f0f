import type { Scope } from '../../schemas/config/control.ts';

/** What a route asks for. */
export type NeededScope = 'viewer' | 'operator' | 'platform' | 'operator or platform';

/**
 * Who may do what. `operator` and `platform` are beside each other, not above: the platform that asks for a mass cut must
 * not be the one that releases the brake (I8). Each of them may read.
 */
const ALLOWED: Readonly<Record<NeededScope, readonly Scope[]>> = {
  viewer: ['viewer', 'operator', 'platform', 'admin'],
  operator: ['operator', 'admin'],
  platform: ['platform', 'admin'],
  'operator or platform': ['operator', 'platform', 'admin'],
};

/** True when one of the scopes suffices. */
export function isAllowed(scopes: readonly Scope[], needed: NeededScope): boolean {
  return scopes.some((scope) => ALLOWED[needed].includes(scope));
}

/** The scopes that would do, in words. */
export function scopesFor(needed: NeededScope): string {
  return ALLOWED[needed].join(', ');
}
