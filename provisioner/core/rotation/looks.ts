import type { BindingsSeen, RotationProgress } from '../../../schemas/rotation-progress.ts';

/** More are made only where doubt comes and goes for hours. */
const MOST_LOOKS = 12;

/** The looks at the bindings since the new key was proven, oldest first. */
export function looksOf({ looks, earlier = null, before = null }: RotationProgress): readonly BindingsSeen[] {
  return looks ?? [earlier, before].filter((look) => look !== null);
}

/** With one more. The first one stays: it is from before any phone could fetch. */
export function withLook(progress: RotationProgress, look: BindingsSeen): BindingsSeen[] {
  const all = [...looksOf(progress), look];
  return all.length <= MOST_LOOKS ? all : [...all.slice(0, 1), ...all.slice(1 - MOST_LOOKS)];
}

/** The last look from before a phone fetched: what it renewed since is newer than that. */
export function referenceOf(looks: readonly BindingsSeen[], fetchedAt: number): BindingsSeen | null {
  return looks.findLast(({ at }) => at < fetchedAt) ?? looks[0] ?? null;
}
