import type { PhoneHome } from './model.ts';

/**
 * What a file says of where the phone fetches from, and as whom. Nothing where the phone came by its own settings: user,
 * password and often the URL stand in them, and a file that named the way would take them away.
 */
export function sayOfWay(
  { provisioningUrl }: Pick<PhoneHome, 'provisioningUrl'>,
  say: (url: string) => readonly string[],
): readonly string[] {
  return provisioningUrl === null ? [] : say(provisioningUrl.reveal());
}
