/** Characters that a URL may hold and that end a text in a DHCP server's configuration; as %XX they are the same URL. */
const ENDS_TEXT = /["'\\]/g;

/** What a DHCP option tells a phone: a URL, and what that phone wants after it. */
export function optionText(url: string, file = ''): string {
  return `${url}${file}`.replace(ENDS_TEXT, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * The text as `/ip/dhcp-server/option` takes it (manual, "DHCP options"): between single quotes, in every RouterOS. Such a
 * text is sent as an address or a number where it is one, which no URL is.
 */
export function routerosText(text: string): string {
  return `'${text}'`;
}

/** The text of such a value; null for hex, variables, and texts put together. `s'…'` is a text whatever stands in it (6.8). */
export function textOfRouteros(value: string): string | null {
  return /^s?'([^']*)'$/.exec(value)?.[1] ?? null;
}
