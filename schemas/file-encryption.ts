import { Type, type Static } from 'typebox';

/**
 * Whether a phone's files go out encrypted, for a vendor whose phones can read them so. It counts from the phone's next
 * enrolment on: that is when a phone is told a key.
 */
export const FileEncryption = Type.Union([Type.Literal('off'), Type.Literal('preferred'), Type.Literal('required')], {
  description:
    'off | preferred | required, from the next enrolment on; preferred: encrypted for a phone that the enrolment told its key, plain for one that was given provisioningUrl; required: nothing with a key in it goes out plain',
});
export type FileEncryption = Static<typeof FileEncryption>;

/** How a file is encrypted: `aes128gcm` is RFC 8188, `aes-256-cbc` the format of `openssl enc`, `aes-128-ecb` Yealink's. */
export const FileCipher = Type.Union(
  [Type.Literal('aes128gcm'), Type.Literal('aes-256-cbc'), Type.Literal('aes-128-ecb')],
  {
    description: 'of those that the phone’s dialect can read; if left out, the first of them',
  },
);
export type FileCipher = Static<typeof FileCipher>;

/** How many characters a key of `aes-128-ecb` has: they are its octets. */
export const ECB_KEY_CHARACTERS = 16;
