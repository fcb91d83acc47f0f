import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A self-signed certificate and its key, as api-ssl needs them. */
export interface Certificate {
  readonly keyPem: string;
  readonly certificatePem: string;
  /** SHA-256 of the DER, lower-case hex: what a client pins. */
  readonly sha256: string;
}

/** An attribute of a subject, by its short name: common name, state, locality, surname. */
export type SubjectPart = readonly [name: keyof typeof ATTRIBUTES, value: string];

/** A certificate authority, which issues certificates. */
export interface Authority extends Certificate {
  /** A certificate of its own for this subject, valid around `wallMs` for `days`; `isAuthority` makes it one that issues too. */
  issue(subject: readonly SubjectPart[], wallMs: number, options?: IssueOptions): Authority;
}

export interface IssueOptions {
  readonly altNames?: readonly string[];
  readonly isAuthority?: boolean;
  /** Ended so long before `wallMs`, ms. */
  readonly endedMs?: number;
}

/** DER (X.690): tag, length, content. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...size), content]);
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 (RFC 5758 §3.2). */
const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
/** commonName 2.5.4.3, subjectAltName 2.5.29.17, basicConstraints 2.5.29.19. */
const COMMON_NAME = '550403';
const SUBJECT_ALT_NAME = '551d11';
const BASIC_CONSTRAINTS = '551d13';
/** surname 2.5.4.4, locality 2.5.4.7, state 2.5.4.8, organizational unit 2.5.4.11. */
const ATTRIBUTES = { CN: COMMON_NAME, SN: '550404', L: '550407', ST: '550408', OU: '55040b' } as const;
const YEAR_MS = 365 * 24 * 3_600_000;

/** Makes a self-signed P-256 certificate for `commonName` and 127.0.0.1, valid ten years around `wallMs` (RFC 5280 §4.1). */
export function selfSigned(commonName: string, wallMs: number): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = certificateBody(commonName, wallMs, publicKey);
  return packed(body, privateKey, privateKey);
}

/** A self-signed authority (RFC 5280 §4.2.1.9). */
export function authority(commonName: string, wallMs: number): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return issued(
    [['CN', commonName]],
    wallMs,
    keys,
    { name: nameOf([['CN', commonName]]), key: keys.privateKey },
    { isAuthority: true },
  );
}

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function issued(
  subject: readonly SubjectPart[],
  wallMs: number,
  { privateKey, publicKey }: KeyPair,
  issuer: { readonly name: Buffer; readonly key: KeyObject },
  { altNames = [], isAuthority = false, endedMs = -9 * YEAR_MS }: IssueOptions,
): Authority {
  const name = nameOf(subject);
  const extensions = [
    ...(isAuthority
      ? [
          sequence(
            oid(BASIC_CONSTRAINTS),
            der(0x01, Uint8Array.of(0xff)),
            der(0x04, sequence(der(0x01, Uint8Array.of(0xff)))),
          ),
        ]
      : []),
    ...(altNames.length === 0
      ? []
      : [
          sequence(
            oid(SUBJECT_ALT_NAME),
            der(0x04, sequence(...altNames.map((text) => der(0x82, Buffer.from(text, 'ascii'))))),
          ),
        ]),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))), // version 3
    der(0x02, Buffer.concat([Uint8Array.of(1), randomBytes(8)])), // serial number
    ECDSA_SHA256,
    issuer.name,
    sequence(utcTime(wallMs - YEAR_MS), utcTime(wallMs - endedMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  );
  return {
    ...packed(body, issuer.key, privateKey),
    issue: (inner, at, options = {}) =>
      issued(inner, at, generateKeyPairSync('ec', { namedCurve: 'P-256' }), { name, key: privateKey }, options),
  };
}

function nameOf(parts: readonly SubjectPart[]): Buffer {
  return sequence(
    ...parts.map(([name, value]) => der(0x31, sequence(oid(ATTRIBUTES[name]), der(0x0c, Buffer.from(value, 'utf8'))))),
  );
}

/** The signed body, with the key that it is for. */
function packed(body: Buffer, issuerKey: KeyObject, privateKey: KeyObject): Certificate {
  const signature = sign('sha256', body, issuerKey);
  const certificate = sequence(body, ECDSA_SHA256, der(0x03, Uint8Array.of(0), signature));
  // No empty line at the end, whatever the length: OpenSSL takes it for the end of the certificate.
  const base64 = (certificate.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificatePem: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    sha256: createHash('sha256').update(certificate).digest('hex'),
  };
}

function certificateBody(commonName: string, wallMs: number, publicKey: KeyObject): Buffer {
  const name = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(commonName, 'utf8')))));
  const altNames = sequence(der(0x82, Buffer.from(commonName, 'ascii')), der(0x87, Uint8Array.of(127, 0, 0, 1)));
  return sequence(
    der(0xa0, der(0x02, Uint8Array.of(2))), // version 3
    der(0x02, Uint8Array.of(1)), // serial number
    ECDSA_SHA256,
    name,
    sequence(utcTime(wallMs - YEAR_MS), utcTime(wallMs + 9 * YEAR_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(oid(SUBJECT_ALT_NAME), der(0x04, altNames)))),
  );
}

function utcTime(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/[-:T]|\..*/g, '');
  return der(0x17, Buffer.from(`${digits.slice(2)}Z`, 'ascii'));
}
