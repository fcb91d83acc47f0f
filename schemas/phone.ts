import { Type, type Static } from 'typebox';
import { plainText } from './extension.ts';
import { FileCipher, FileEncryption } from './file-encryption.ts';
import { Id, Mac } from './ids.ts';

export const PhoneVendor = Type.Union([
  Type.Literal('yealink'),
  Type.Literal('grandstream'),
  Type.Literal('snom'),
  Type.Literal('poly'),
  Type.Literal('cisco-spa'),
  Type.Literal('cisco-mpp'),
  Type.Literal('fanvil'),
  Type.Literal('gigaset'),
  Type.Literal('htek'),
  Type.Literal('mitel'),
  Type.Literal('panasonic'),
  Type.Literal('akuvox'),
]);
export type PhoneVendor = Static<typeof PhoneVendor>;

/**
 * PUT /v1/phones/{mac}: which phone it is, and which extensions are its lines, first line first. Lines that the phone was
 * told before keep their slots, in whatever order they are put.
 */
export const Phone = Type.Object(
  {
    vendor: PhoneVendor,
    model: Type.Optional(plainText(64, 'as the vendor writes it')),
    lines: Type.Array(Type.Object({ extension: Id }, { additionalProperties: false }), {
      maxItems: 16,
      uniqueItems: true,
    }),
    label: Type.Optional(plainText(64, 'where it stands or whose it is')),
    serial: Type.Optional(plainText(64, 'serial number, as on its label')),
    encryption: Type.Optional(FileEncryption),
    fileCipher: Type.Optional(FileCipher),
  },
  { additionalProperties: false },
);
export type Phone = Static<typeof Phone>;

/** GET /v1/phones/{mac} */
export const PhoneDocument = Type.Object({
  mac: Mac,
  ...Phone.properties,
  slots: Type.Array(
    Type.Object({ slot: Type.Integer({ minimum: 1 }), extension: Id }, { additionalProperties: false }),
    {
      description:
        'which slot of the phone (line key, account, handset; 1 is the first) each line was told; a line keeps it as long as it is on the phone. Empty before the phone can fetch',
    },
  ),
  enrolled: Type.Boolean({ description: 'it has a provisioning URL' }),
  encrypted: Type.Optional(
    Type.Literal(true, { description: 'what it fetches under the URL that it uses goes out encrypted; else left out' }),
  ),
  earlierValid: Type.Boolean({
    description: 'an earlier provisioning URL or password is good beside the newest, until that is used or it is ended',
  }),
  lastSeen: Type.Union([Type.String(), Type.Null()], { description: 'its last request, RFC 3339' }),
  lastFetch: Type.Union([Type.String(), Type.Null()], {
    description: 'when it last fetched its lines whole, RFC 3339',
  }),
  registered: Type.Boolean({ description: 'every line was seen registered when it was last looked at' }),
  delegatedPending: Type.Optional(
    Type.Array(Id, { description: 'extensions on its lines that are delegated_pending, where there are any' }),
  ),
  address: Type.Union([Type.String(), Type.Null()], { description: 'where its last request came from' }),
  userAgent: Type.Union([Type.String(), Type.Null()]),
});
export type PhoneDocument = Static<typeof PhoneDocument>;

/** A user and a password for a phone whose URL holds no token. */
export const PhoneCredentials = Type.Object({
  url: Type.String({
    description: '{publicUrl}/c/, the same for every phone; the phone appends its vendor’s file names',
  }),
  user: Type.String({ description: 'its MAC address, 12 lower-case hex digits' }),
  password: Type.String(),
});
export type PhoneCredentials = Static<typeof PhoneCredentials>;

/** POST /v1/phones/{mac}/enrol: the only answer that ever shows a token, a password or a file key (I9). */
export const Enrolment = Type.Object({
  provisioningUrl: Type.String({ description: '{publicUrl}/p/{token}/; the phone appends its vendor’s file names' }),
  enrolmentUrl: Type.String({
    description:
      '{publicUrl}/e/{token}/; gives the phone its provisioningUrl and no secret else, but for the key of its files where they are encrypted',
  }),
  expiresAt: Type.String({ description: 'until when enrolmentUrl works' }),
  encrypted: Type.Optional(
    Type.Literal(true, {
      description:
        'enrolmentUrl leads to encrypted files and tells the phone their key, in plain: by http:// whoever listens learns it',
    }),
  ),
  fileKey: Type.Optional(
    Type.String({
      description:
        'the key of what is served under provisioningUrl, for who types that URL into the phone; only where encryption is required',
    }),
  ),
  credentials: Type.Optional(PhoneCredentials),
});
export type Enrolment = Static<typeof Enrolment>;
