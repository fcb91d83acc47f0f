import type { Binding, BindingsSeen } from '../../../schemas/rotation-progress.ts';
import { EXPIRES_SECONDS } from '../phone-pace.ts';
import { referenceOf } from './looks.ts';

/**
 * Registrars tell `expires` in whole seconds, counted down: two looks at one binding that was not renewed differ from
 * the time between them by less than this.
 */
const TOLERANCE_SECONDS = 1;

/**
 * Did every phone renew its binding? `looks` are the earlier ones, oldest first, `seen` is the one of now; the `at` of an
 * earlier look is when it was answered, that of `seen` when it was asked, so that a slow answer never looks like a renewal.
 * `fetches` says by MAC when each phone fetched, ms. Since `push`: since the look before the phone's own fetch. Since
 * `fetch`: surely after it; a phone may have refreshed its binding in between, with the key it had.
 *
 * A phone is known by the MAC in its `+sip.instance` (RFC 5626 §4.1). Phones that no instance names need as many renewed
 * bindings, none of them another phone's.
 */
export function areRenewed(
  since: 'push' | 'fetch',
  looks: readonly BindingsSeen[],
  seen: BindingsSeen,
  fetches: Readonly<Record<string, number>>,
): boolean {
  const phones = Object.entries(fetches).sort(([, one], [, other]) => other - one);
  const all = [...looks, seen].flatMap(({ bindings }) => bindings);
  const unnamed = new Set(seen.bindings.filter((binding) => !phones.some(([mac]) => isOf(binding, mac))));
  // Whoever fetched last is the hardest to please: what does for that phone would do for the others too.
  return phones.every(([mac, fetchedAt]) => {
    const isDone = (binding: Binding): boolean =>
      since === 'fetch'
        ? isRenewedAfter(fetchedAt, looks, seen, binding)
        : isRenewed(referenceOf(looks, fetchedAt), binding, seen.at);
    if (all.some((binding) => isOf(binding, mac))) {
      return seen.bindings.some((binding) => isOf(binding, mac) && isDone(binding));
    }
    const own = [...unnamed].find(isDone);
    return own !== undefined && unnamed.delete(own);
  });
}

/** Renewed since a look from after the fetch: that is certain. Renewed since the one before it: then as young as the fetch. */
function isRenewedAfter(
  fetchedAt: number,
  looks: readonly BindingsSeen[],
  seen: BindingsSeen,
  binding: Binding,
): boolean {
  if (looks.some((look) => look.at >= fetchedAt && isRenewed(look, binding, seen.at))) return true;
  if (!isRenewed(referenceOf(looks, fetchedAt), binding, seen.at)) return false;
  if (binding.expires === null) return true;
  const age = grantedSeconds(looks, binding, binding.expires) - binding.expires;
  return seen.at - age * 1000 >= fetchedAt - TOLERANCE_SECONDS * 1000;
}

/** New, or with more time left than the countdown leaves. Where no expires is told nothing proves a renewal of the same contact. */
function isRenewed(before: BindingsSeen | null, binding: Binding, at: number): boolean {
  const earlier = before?.bindings.find(({ contact }) => contact === binding.contact);
  if (before === null || earlier === undefined) return true;
  if (earlier.expires === null || binding.expires === null) return false;
  const elapsed = Math.max(0, at - before.at) / 1000;
  return binding.expires > earlier.expires - elapsed + TOLERANCE_SECONDS;
}

/**
 * What a binding is given at each renewal, as far as it shows: the most that it was seen with; with more than half of what
 * phones ask for, all of it. Too much is guessed rather than too little: the binding only looks older then than it is.
 */
function grantedSeconds(looks: readonly BindingsSeen[], { contact, instance }: Binding, expires: number): number {
  const seen = looks
    .flatMap(({ bindings }) => bindings)
    .filter((one) => one.contact === contact || (instance !== null && one.instance === instance))
    .map((one) => one.expires ?? 0);
  const most = Math.max(expires, ...seen);
  return most > EXPIRES_SECONDS / 2 ? Math.max(most, EXPIRES_SECONDS) : most;
}

/** `<urn:uuid:00000000-0000-1000-8000-AABBCC001122>` and the like hold the MAC as their last twelve digits. */
function isOf({ instance }: Binding, mac: string): boolean {
  return (
    instance !== null &&
    instance
      .toLowerCase()
      .replace(/[^0-9a-f]/g, '')
      .endsWith(mac)
  );
}
