import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { AppError } from '../schemas/app-error.ts';
import { Secret } from '../schemas/secret.ts';

/** Where a sealed secret stands. It is bound to that place: the same bytes elsewhere do not open. */
export interface SealContext {
  readonly recipient: string;
  readonly table: string;
  readonly row: string;
  readonly field: string;
}

/** A pair of keys as the text of their files: PEM of PKCS #8 and SPKI. */
export interface SealKeys {
  readonly privateKey: Secret;
  readonly publicKey: string;
}

const VERSION = 1;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_BYTES + NONCE_BYTES + TAG_BYTES;
const INFO = 'wisp-edge sealed secret v1';
/** RFC 8410 §4: what stands before the 32 bytes of an X25519 public key in its SPKI. */
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex');

export function generateSealKeys(): SealKeys {
  const { privateKey, publicKey } = generateKeyPairSync('x25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKey: new Secret(privateKey), publicKey };
}

/** Seals for one recipient: what takes time with its key is done once. */
export type Sealer = (context: SealContext, secret: Secret) => Buffer;
/** Opens what was sealed for one recipient. */
export type Opener = (context: SealContext, sealed: Uint8Array) => Secret;

/** Seals a secret to the recipient's public key: X25519 ephemeral-static, HKDF-SHA256 (RFC 5869), AES-256-GCM. */
export function seal(publicKey: string, context: SealContext, secret: Secret): Buffer {
  return sealer(publicKey)(context, secret);
}

/** Opens what `seal` made for this place and this key; anything else is `seal-broken`. */
export function open(privateKey: Secret, context: SealContext, sealed: Uint8Array): Secret {
  return opener(privateKey)(context, sealed);
}

export function sealer(publicKey: string): Sealer {
  const recipient = imported(() => createPublicKey(publicKey));
  const recipientPoint = rawPublic(recipient);
  return (context, secret) => {
    const ephemeral = generateKeyPairSync('x25519');
    const point = rawPublic(ephemeral.publicKey);
    const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: recipient });
    const key = deriveKey(shared, point, recipientPoint);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated(context));
    const body = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), point, nonce, cipher.getAuthTag(), body]);
  };
}

export function opener(privateKey: Secret): Opener {
  const own = imported(() => createPrivateKey(privateKey.reveal()));
  const ownPoint = rawPublic(createPublicKey(own));
  return (context, sealed) => {
    const bytes = Buffer.from(sealed);
    if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) throw sealBroken('it has not the form of a sealed secret');
    const point = bytes.subarray(1, 1 + KEY_BYTES);
    const nonce = bytes.subarray(1 + KEY_BYTES, 1 + KEY_BYTES + NONCE_BYTES);
    const tag = bytes.subarray(1 + KEY_BYTES + NONCE_BYTES, HEAD_BYTES);
    try {
      const sender = createPublicKey({ key: Buffer.concat([SPKI_HEAD, point]), format: 'der', type: 'spki' });
      const shared = diffieHellman({ privateKey: own, publicKey: sender });
      const key = deriveKey(shared, point, ownPoint);
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(associated(context)).setAuthTag(tag);
      return new Secret(
        Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]).toString('utf8'),
      );
    } catch (error) {
      throw sealBroken('it was made for another key or place, or was changed', error);
    }
  };
}

/** The public half, as the text of its file. */
export function publicKeyOf(privateKey: Secret): string {
  const own = imported(() => createPrivateKey(privateKey.reveal()));
  return createPublicKey(own).export({ type: 'spki', format: 'pem' }).toString();
}

/** A key file that holds no X25519 key; its text is told to nobody, not even as a cause. */
function imported(read: () => KeyObject): KeyObject {
  const key = tried(read);
  if (key?.asymmetricKeyType === 'x25519') return key;
  throw sealBroken('the key file holds no X25519 key');
}

function tried(read: () => KeyObject): KeyObject | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Both public keys go into the key, so that it belongs to this exchange only. */
function deriveKey(shared: Buffer, ephemeral: Buffer, recipient: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([ephemeral, recipient]), INFO, KEY_BYTES));
}

/** JSON of a list cannot be read in two ways, whatever stands in its members. */
function associated({ recipient, table, row, field }: SealContext): Buffer {
  return Buffer.from(JSON.stringify([recipient, table, row, field]), 'utf8');
}

function rawPublic(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(SPKI_HEAD.length);
}

function sealBroken(why: string, cause?: unknown): AppError {
  return new AppError('seal-broken', `a sealed secret cannot be opened: ${why}`, {
    remedy: 'Restore the key files that belong to this database, or enter the secret again.',
    retryable: false,
    cause,
  });
}
