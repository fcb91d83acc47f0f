/** A SIP URI taken apart (RFC 3261 §19.1). */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
  readonly parameters: ReadonlyMap<string, string>;
}

/** What To, From and Contact hold (§20.10). */
export interface NameAddress {
  readonly uri: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const URI = /^(sips?):(?:([^@]*)@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._~-]+)(?::(\d{1,5}))?((?:;[^?]*)?)(?:\?.*)?$/i;

/** Null when the text is no SIP URI. */
export function parseUri(text: string): SipUri | null {
  const match = URI.exec(text);
  if (match === null) return null;
  const [, scheme = '', user, host = '', port, parameters = ''] = match;
  return {
    scheme: scheme.toLowerCase() === 'sips' ? 'sips' : 'sip',
    user: user === undefined ? null : decodeUser(user),
    host: host.toLowerCase(),
    port: port === undefined ? null : Number(port),
    parameters: parametersOf(parameters),
  };
}

/** Takes `"Name" <uri>;tag=x` or `uri;tag=x` apart: without brackets the parameters are the header's (§20.10). */
export function parseAddress(text: string): NameAddress {
  const bracketed = /^(?:"(?:[^"\\]|\\.)*"|[^"<]*)\s*<([^>]*)>(.*)$/.exec(text.trim());
  if (bracketed !== null) return { uri: bracketed[1] ?? '', parameters: parametersOf(bracketed[2] ?? '') };
  const [uri = '', ...rest] = text.trim().split(';');
  return { uri: uri.trim(), parameters: parametersOf(rest.length === 0 ? '' : `;${rest.join(';')}`) };
}

/** `;a=b;c;d="e;f"` by lower-case name; quotes are taken off. */
export function parametersOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', quoted, plain] of text.matchAll(
    /;\s*([^\s=;]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*)))?/g,
  )) {
    found.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain?.trim() ?? '');
  }
  return found;
}

/** User part without its password, percent-escapes undone. */
function decodeUser(user: string): string {
  const name = user.replace(/:.*$/, '');
  try {
    return decodeURIComponent(name);
  } catch (error) {
    // A stray percent sign: the name is then taken as it stands.
    if (error instanceof URIError) return name;
    throw error;
  }
}
