import type { Binding } from '../../schemas/rotation-progress.ts';
import { headerValues, type SipResponse } from './sip-message.ts';
import { parametersOf, readQuoted, splitOutside } from './sip-text.ts';

const SECONDS = /^\d{1,10}$/;

/**
 * The bindings a registrar told in its 200 (RFC 3261 §10.3 step 8): every Contact of every Contact header. Without one
 * the AOR has none. A contact without `expires` has that of the Expires header.
 */
export function bindingsOf(response: SipResponse): readonly Binding[] {
  const all = secondsOf(headerValues(response, 'expires')[0]);
  return headerValues(response, 'contact')
    .flatMap((value) => splitOutside(value, ','))
    .flatMap((contact) => bindingOf(contact, all) ?? []);
}

function bindingOf(contact: string, expiresOfAll: number | null): Binding | null {
  const open = bracketOf(contact);
  const close = open === null ? -1 : contact.indexOf('>', open);
  const isNameAddr = open !== null && close !== -1;
  // Without brackets all parameters are the header's, none the URI's (RFC 3261 §20.10).
  const [bare = '', ...rest] = isNameAddr
    ? [contact.slice(open + 1, close), ...splitOutside(contact.slice(close + 1), ';')]
    : splitOutside(contact, ';');
  const uri = bare.trim();
  if (!/^[a-z][a-z0-9+.-]*:/i.test(uri)) return null;
  const parameters = parametersOf(rest);
  return {
    contact: uri,
    expires: secondsOf(parameters.get('expires')) ?? expiresOfAll,
    instance: parameters.get('+sip.instance') ?? null,
  };
}

/** Where `<` opens the URI: a display name in quotes may hold one too. */
function bracketOf(contact: string): number | null {
  const from = contact.startsWith('"') ? readQuoted(contact, 0).end : 0;
  const open = contact.indexOf('<', from);
  return open === -1 ? null : open;
}

function secondsOf(text: string | null | undefined): number | null {
  const trimmed = text?.trim() ?? '';
  return SECONDS.test(trimmed) ? Number(trimmed) : null;
}
