import type { Binding, BindingsSeen } from '../../../schemas/rotation-progress.ts';

/**
 * Registrars tell `expires` in whole seconds, counted down: two looks at one binding that was not renewed differ from
 * the time between them by less than this.
 */
const TOLERANCE_SECONDS = 1;

/**
 * Were the phones' bindings renewed since `before`: new, or with more time left than the countdown leaves. `at` is when
 * the second look was asked, ms; `before.at` when the first was answered, so that a slow answer never looks like a renewal.
 * A phone is known by the MAC in its `+sip.instance` (RFC 5626 §4.1); where no instance tells, any binding will do that
 * is no other phone's.
 */
export function areRenewed(
  before: BindingsSeen | null,
  bindings: readonly Binding[],
  at: number,
  macs: readonly string[],
): boolean {
  const elapsed = before === null ? 0 : Math.max(0, at - before.at) / 1000;
  const isNewer = (binding: Binding): boolean => isRenewed(before?.bindings ?? [], binding, elapsed);
  const named = macs.filter((mac) => [...bindings, ...(before?.bindings ?? [])].some((binding) => isOf(binding, mac)));
  const unnamed = macs.length - named.length;
  const rest = bindings.filter((binding) => !macs.some((mac) => isOf(binding, mac)));
  return (
    named.every((mac) => bindings.some((binding) => isOf(binding, mac) && isNewer(binding))) &&
    (unnamed === 0 || rest.filter(isNewer).length >= Math.max(1, Math.min(unnamed, rest.length)))
  );
}

function isRenewed(before: readonly Binding[], binding: Binding, elapsedSeconds: number): boolean {
  const earlier = before.find(({ contact }) => contact === binding.contact);
  if (earlier === undefined) return true;
  if (earlier.expires === null || binding.expires === null) return false;
  return binding.expires > earlier.expires - elapsedSeconds + TOLERANCE_SECONDS;
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
