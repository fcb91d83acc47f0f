import { Type, type Static } from 'typebox';
import { Id } from './ids.ts';

/**
 * Text that ends in a phone's configuration or in a SIP header: neither can carry C0 or DEL, and a line break in a text
 * format would be a directive of the sender's choice. Lone surrogates and U+FFFE/U+FFFF have no UTF-8 or no XML form.
 */
export const PLAIN_TEXT = '^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029\\ud800-\\udfff\\ufffe\\uffff]*$';

/** A field of `PLAIN_TEXT`, never empty. */
export function plainText(maxLength: number, description: string): ReturnType<typeof Type.String> {
  return Type.String({ minLength: 1, maxLength, pattern: PLAIN_TEXT, description });
}

/** A SIP key on the wire: printable ASCII without blanks, for digests of anything else depend on the server's charset. */
export const SipKeyText = Type.String({
  pattern: '^[\\x21-\\x7e]{1,128}$',
  description: 'write-only; 1–128 printable ASCII characters without blanks',
  examples: ['Zk3vQ9mT7xB2nR5cW8dL'],
});
export type SipKeyText = Static<typeof SipKeyText>;

/** Whose phones work with it, and so who may change it (`comodato`: the ISP's phone, lent to the customer). */
export const Owner = Type.Union([Type.Literal('isp'), Type.Literal('customer'), Type.Literal('comodato')]);
export type Owner = Static<typeof Owner>;

/**
 * How the user of an extension comes to his web key at the provider's platform, which is no SIP key and never comes here:
 * `delegate` (DELEGAR) mails him to set one himself; `establish` (ESTABLECER) is set there for every extension at once.
 */
export const WebAccess = Type.Union([Type.Literal('delegate'), Type.Literal('establish')]);
export type WebAccess = Static<typeof WebAccess>;

/** How far a delegation is. Nothing but a person's word moves it on: that a mail was sent does not mean that there is a key. */
export const Delegation = Type.Object({
  state: Type.Union([Type.Literal('delegated_pending'), Type.Literal('confirmed')]),
  since: Type.String(),
});
export type Delegation = Static<typeof Delegation>;

const fields = {
  registrar: Type.Unsafe<string>({ ...Id, description: 'id of a registrar of the configuration' }),
  displayName: plainText(64, 'what the phone shows and sends as its name'),
  authUser: Type.Optional(plainText(64, 'user name for authentication, if it is not the number')),
  email: Type.Optional(Type.String({ maxLength: 254, pattern: '^[^@\\s\\u0000-\\u001f]+@[^@\\s\\u0000-\\u001f]+$' })),
  site: Type.Optional(plainText(64, 'where it stands')),
  owner: Owner,
  softphone: Type.Optional(
    Type.Boolean({
      description: 'true: it is a program’s, which logs in with a web key; no phone may have it as a line',
    }),
  ),
  webAccess: Type.Optional(
    Type.Unsafe<WebAccess>({
      ...WebAccess,
      description:
        'how its user comes to his web key at the provider, which never comes here: delegate (DELEGAR) needs email; establish (ESTABLECER) needs it of every extension of the registrar',
    }),
  ),
};

/** What is wanted of an extension, without its key. */
export const Extension = Type.Object(fields, { additionalProperties: false });
export type Extension = Static<typeof Extension>;

/** PUT /v1/extensions/{number}. Without `sipKey` the key that is set stays. */
export const ExtensionPut = Type.Object(
  { ...fields, sipKey: Type.Optional(SipKeyText) },
  { additionalProperties: false },
);
export type ExtensionPut = Static<typeof ExtensionPut>;

/** GET /v1/extensions/{number}: the key itself is never shown. */
export const ExtensionDocument = Type.Object({
  number: Id,
  ...fields,
  sipKey: Type.Object({
    set: Type.Boolean(),
    changedAt: Type.Union([Type.String(), Type.Null()]),
  }),
  phones: Type.Array(Type.String({ description: 'MACs of the phones that have it as a line' })),
  registered: Type.Boolean({ description: 'a binding was seen at the registrar when it was last looked at' }),
  lastVerdict: Type.Union([Type.Object({ verdict: Type.String(), at: Type.String() }), Type.Null()]),
  delegation: Type.Optional(
    Type.Unsafe<Delegation>({
      ...Delegation,
      description:
        'of `webAccess: delegate` alone. delegated_pending: its user was to set his web key, and nobody has confirmed that he did',
    }),
  ),
  rotation: Type.Union([Id, Type.Null()], { description: 'the open rotation it is in' }),
});
export type ExtensionDocument = Static<typeof ExtensionDocument>;

/** POST /v1/extensions/{number}/validate: tries the given key, else the one that is served. */
export const Validate = Type.Object({ sipKey: Type.Optional(SipKeyText) }, { additionalProperties: false });
export type Validate = Static<typeof Validate>;

/** What a credential is worth at its registrar (design §4). Only `invalid` may roll anything back. */
export const Verdict = Type.Union([
  Type.Literal('valid'),
  Type.Literal('invalid'),
  Type.Literal('locked'),
  Type.Literal('unreachable'),
  Type.Literal('unsupported'),
  Type.Literal('indeterminate'),
]);
export type Verdict = Static<typeof Verdict>;
