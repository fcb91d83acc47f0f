import { AppError } from '../../schemas/app-error.ts';
import type { EndedToken, ServedLine, ServedPhone, ServedToken } from '../phone-ports.ts';
import type { Connection } from './connection.ts';
import { storedExtension, type StoredExtension } from './extensions.ts';
import { storedPhone, type StoredPhone } from './phones.ts';
import { blobOrNull, integerOrNull, text, type Row } from './rows.ts';
import { extensionKeyPlace, fileKeyPlace, tokenPlace, unhurried, type Seals } from './seals.ts';
import { toldSlot } from './told-slots.ts';

/** Which phones are asked for. */
export type Which = 'all' | { readonly macs: readonly string[]; readonly extensions: readonly string[] };

/** A phone as one consistent view has it, still sealed. */
interface SealedPhone {
  readonly stored: StoredPhone;
  readonly hasFetched: boolean;
  readonly lines: readonly StoredExtension[];
  readonly slots: readonly Row[];
  readonly tokens: readonly Row[];
  readonly ended: readonly Row[];
}

const NAMED = `mac IN (SELECT value FROM json_each(?)
  UNION SELECT mac FROM lines WHERE extension IN (SELECT value FROM json_each(?)))`;

/** What phones are served. Read as one view; opened afterwards, letting others in between. */
export async function servedPhones(
  connection: Connection,
  seals: Seals,
  which: Which,
): Promise<readonly ServedPhone[]> {
  seals.assertOpens();
  const sealed = await connection.read(() => sealedPhones(connection, which));
  return unhurried(sealed, (phone) => opened(seals, phone));
}

function sealedPhones(connection: Connection, which: Which): readonly SealedPhone[] {
  const [where, values] =
    which === 'all'
      ? (['TRUE', []] as const)
      : ([NAMED, [JSON.stringify(which.macs), JSON.stringify(which.extensions)]] as const);
  const extensions = new Map<string, StoredExtension>();
  const extensionOf = (row: Row): StoredExtension => {
    const number = text(row, 'number');
    const known = extensions.get(number) ?? storedExtension(row);
    extensions.set(number, known);
    return known;
  };
  const lines = grouped(
    connection.all(
      `SELECT mac, e.* FROM lines JOIN extensions e ON e.number = lines.extension WHERE ${where} ORDER BY mac, position`,
      ...values,
    ),
  );
  const tokens = grouped(
    connection.all(`SELECT * FROM phone_tokens WHERE ${where} ORDER BY mac, enrolment, kind, hash`, ...values),
  );
  const ended = grouped(
    connection.all(`SELECT mac, hash, kind FROM ended_tokens WHERE ${where} ORDER BY mac`, ...values),
  );
  const slots = grouped(connection.all(`SELECT * FROM told_slots WHERE ${where} ORDER BY mac, slot`, ...values));
  return connection.all(`SELECT * FROM phones WHERE ${where} ORDER BY mac`, ...values).map((row) => {
    const stored = storedPhone(row);
    return {
      stored,
      hasFetched: integerOrNull(row, 'last_fetch') !== null,
      lines: (lines.get(stored.mac) ?? []).map(extensionOf),
      slots: slots.get(stored.mac) ?? [],
      tokens: tokens.get(stored.mac) ?? [],
      ended: ended.get(stored.mac) ?? [],
    };
  });
}

function grouped(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const mac = text(row, 'mac');
    const group = groups.get(mac);
    if (group === undefined) groups.set(mac, [row]);
    else group.push(row);
  }
  return groups;
}

function opened(seals: Seals, { stored, hasFetched, lines, slots, tokens, ended }: SealedPhone): ServedPhone {
  return {
    mac: stored.mac,
    revision: Math.max(stored.servedRevision, ...lines.map(({ servedRevision }) => servedRevision)),
    phone: stored.phone,
    lines: lines.map((line) => lineOf(seals, line)),
    slots: slots.map(toldSlot),
    tokens: tokens.map((row) => tokenOf(seals, row)),
    endedTokens: ended.map(endedOf),
    hasFetched,
  };
}

function lineOf(seals: Seals, { number, extension, key }: StoredExtension): ServedLine {
  return { number, extension, key: key === null ? null : seals.open(extensionKeyPlace(number), key.sealed) };
}

function tokenOf(seals: Seals, row: Row): ServedToken {
  const hash = text(row, 'hash');
  const token = blobOrNull(row, 'token');
  const fileKey = blobOrNull(row, 'file_key');
  return {
    hash,
    kind: kindOf(text(row, 'kind')),
    token: token === null ? null : seals.open(tokenPlace(hash), token),
    expiresAt: integerOrNull(row, 'expires_at'),
    isUsed: integerOrNull(row, 'used_at') !== null,
    fileKey: fileKey === null ? null : seals.open(fileKeyPlace(hash), fileKey),
  };
}

function endedOf(row: Row): EndedToken {
  return { hash: text(row, 'hash'), kind: kindOf(text(row, 'kind')) };
}

function kindOf(word: string): ServedToken['kind'] {
  if (word === 'provisioning' || word === 'enrolment' || word === 'credentials') return word;
  throw new AppError('store-corrupt', `unknown kind of token ${word}`, { retryable: false });
}
