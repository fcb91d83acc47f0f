import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../schemas/app-error.ts';
import { Secret } from '../schemas/secret.ts';
import { generateSealKeys } from './sealed.ts';

/** Each daemon has its own pair: control can seal for another and never open it. */
export const KEY_OWNERS = ['agent', 'provisioner', 'control'] as const;
export type KeyOwner = (typeof KEY_OWNERS)[number];

const PRIVATE_MODE = 0o600;
const PUBLIC_MODE = 0o640;

/** Makes the key files that are missing, touches none that is there, and names those it made. */
export function makeMissingKeys(dataDir: string): readonly string[] {
  const folder = join(dataDir, 'keys');
  // The set-group-id bit comes from the data folder: a unit with RestrictSUIDSGID= may not even ask for it. Only the owner
  // writes here: whoever could put another public key in place would be sent the next secret.
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const made: string[] = [];
  for (const owner of KEY_OWNERS) {
    const file = join(folder, `${owner}.key`);
    if (existsSync(file)) continue;
    const { privateKey, publicKey } = generateSealKeys();
    writeFileSync(join(folder, `${owner}.pub`), publicKey, { mode: PUBLIC_MODE });
    writeFileSync(file, privateKey.reveal(), { mode: PRIVATE_MODE, flag: 'wx' });
    made.push(file);
  }
  return made;
}

/**
 * A daemon's private key: the systemd credential `<owner>.key` where the unit was given one (LoadCredential=, or sealed to
 * the machine by LoadCredentialEncrypted=), else the file that `wisp-edge init` made. `environment` is the process's own.
 */
export function readPrivateKey(
  dataDir: string,
  owner: KeyOwner,
  environment: Readonly<Record<string, string | undefined>> = {},
): Secret {
  const credentials = environment['CREDENTIALS_DIRECTORY'];
  const credential = credentials === undefined ? null : join(credentials, `${owner}.key`);
  const hasCredential = credential !== null && existsSync(credential);
  return new Secret(readKeyFile(hasCredential ? credential : join(dataDir, 'keys', `${owner}.key`)));
}

export function readPublicKey(dataDir: string, owner: KeyOwner): string {
  return readKeyFile(join(dataDir, 'keys', `${owner}.pub`));
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new AppError('secret-unreadable', `cannot read the key ${file}`, {
      remedy: 'Run `wisp-edge init`, or give the file to the user wisp-edge runs as.',
      retryable: false,
      cause: error,
    });
  }
}
