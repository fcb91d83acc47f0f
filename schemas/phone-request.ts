import { Type, type Static } from 'typebox';

/** Why a request under /c/ did not say who it comes from. */
export const CredentialsRefusal = Type.Union([
  Type.Literal('no-credentials', { description: 'asked under /c/ without a user; a healthy first try of each fetch' }),
  Type.Literal('nonce-stale', { description: 'its digest answers a challenge that is over; a healthy try' }),
  Type.Literal('credentials-wrong', { description: 'asked in its name with a wrong password, or one that has ended' }),
  Type.Literal('credentials-unreadable', {
    description: 'its Authorization is of a scheme or form that was not asked for',
  }),
  Type.Literal('password-in-clear', { description: 'it sent its password where others can read it; it was not taken' }),
]);
export type CredentialsRefusal = Static<typeof CredentialsRefusal>;

/**
 * What became of a phone's request, in one word; its section in docs/phone-requests.md says what to do. The phone itself is
 * told none of them: every refusal looks the same to it.
 */
export const PhoneRequestWhy = Type.Union([
  Type.Literal('served', { description: 'it got its file, a part of it, or word that it has not changed' }),
  Type.Literal('not-ours', { description: 'a healthy start asks for it, and it is not ours to give' }),
  Type.Literal('not-its-file', { description: 'no file of its vendor has this name' }),
  Type.Literal('other-vendor', { description: 'phones of the vendors in `detail` ask for it, not those of its own' }),
  Type.Literal('other-mac', { description: 'with its own token it asked for the file of the MAC address in `detail`' }),
  Type.Literal('token-of-another', { description: 'its file was asked for with the token of the phone in `detail`' }),
  Type.Literal('token-unknown', { description: 'asked with a token that is not its own, nor anybody’s' }),
  Type.Literal('token-replaced', { description: 'asked with a token that ended when a newer one came into use' }),
  Type.Literal('enrolment-ended', { description: 'the enrolment URL has expired, or its phone has come home' }),
  Type.Literal('other-kind', { description: 'a provisioning token under /e/, or an enrolment token under /p/' }),
  Type.Literal('no-token', { description: 'asked without any token: not under /p/{token}/ or /e/{token}/' }),
  Type.Literal('not-enrolled', { description: 'the phone is known and was never enrolled' }),
  Type.Literal('phone-unknown', { description: 'no phone with this MAC address is known' }),
  Type.Literal('method-refused', {
    description: 'only GET and HEAD are answered; what a phone puts to us is not read',
  }),
  Type.Literal('value-not-carried', { description: 'its file could not be written; the log says why' }),
  Type.Literal('vendor-not-served', { description: 'this version has no format for its vendor and model' }),
  ...CredentialsRefusal.anyOf,
  Type.Literal('certificate-refused', { description: 'its certificate was not taken, for the reason in `detail`' }),
]);
export type PhoneRequestWhy = Static<typeof PhoneRequestWhy>;

/** GET /v1/phones/{mac}/requests: requests that are alike in all but their time are one. */
export const PhoneRequestDocument = Type.Object({
  at: Type.String({ description: 'the last time, RFC 3339' }),
  firstAt: Type.String({ description: 'the first time, RFC 3339' }),
  times: Type.Integer({ description: 'how often' }),
  method: Type.String(),
  file: Type.Union([Type.String(), Type.Null()], {
    description: 'the name asked for; null where it may hold a token',
  }),
  status: Type.Integer(),
  address: Type.String({ description: 'where it came from' }),
  userAgent: Type.Union([Type.String(), Type.Null()]),
  why: PhoneRequestWhy,
  detail: Type.Union([Type.String(), Type.Null()], { description: 'vendors, or a MAC address, as `why` says' }),
});
export type PhoneRequestDocument = Static<typeof PhoneRequestDocument>;
