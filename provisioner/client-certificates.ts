import { hash, X509Certificate } from 'node:crypto';
import { TLSSocket, type DetailedPeerCertificate } from 'node:tls';
import { AppError } from '../schemas/app-error.ts';
import type { PhoneVendor } from '../schemas/phone.ts';
import { certificateMac, type CertificateName } from './core/certificate-mac.ts';

/** The authorities of a vendor's factory certificates, as an engineer brought them. */
export interface VendorAuthorities {
  readonly vendor: PhoneVendor;
  /** One certificate or several, PEM; the root must be among them. */
  readonly pem: string;
}

/** Whose certificate a connection was proven with; or why it was not taken. */
export type Presented =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'holder'; readonly mac: string; readonly vendor: PhoneVendor; readonly hash: string };

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Tells by its factory certificate which phone a connection is from. The handshake has proven the key and the chain; here it
 * is said whose authority the chain ends at, for a vendor's certificate is good for that vendor's phones alone. Such a
 * certificate is a strong sign and never more: vendors' keys have leaked (phones guide 1E).
 */
export class ClientCertificates {
  /** For the listener: whom a chain may end at. */
  readonly authorities: readonly string[];
  readonly #vendors = new Map<string, PhoneVendor>();
  readonly #presented = new WeakMap<TLSSocket, Presented>();

  /** @throws AppError `config-invalid` where a text holds no certificate, or one authority is two vendors'. */
  constructor(bundles: readonly VendorAuthorities[]) {
    const authorities: string[] = [];
    for (const { vendor, pem } of bundles) {
      const blocks = pem.match(BLOCK) ?? [];
      if (blocks.length === 0)
        throw unusable(`the file of provisioner.tls.clientCa for ${vendor} holds no certificate (PEM)`);
      for (const block of blocks) {
        const { fingerprint256 } = parsed(vendor, block);
        const other = this.#vendors.get(fingerprint256);
        if (other !== undefined && other !== vendor)
          throw unusable(`the file of provisioner.tls.clientCa for ${vendor} holds an authority of ${other} too`);
        this.#vendors.set(fingerprint256, vendor);
        authorities.push(block);
      }
    }
    this.authorities = authorities;
  }

  /** What came with this connection; the same for all requests on it. */
  presentedOn(socket: unknown): Presented {
    if (!(socket instanceof TLSSocket)) return { kind: 'none' };
    const known = this.#presented.get(socket);
    if (known !== undefined) return known;
    const presented = this.#judge(socket);
    this.#presented.set(socket, presented);
    return presented;
  }

  #judge(socket: TLSSocket): Presented {
    const leaf = socket.getPeerCertificate(true);
    if (Object.keys(leaf).length === 0) return { kind: 'none' };
    if (!socket.authorized) return { kind: 'refused', reason: String(socket.authorizationError) };
    const vendor = this.#vendorOf(leaf);
    if (vendor === 'unreadable') return { kind: 'refused', reason: 'UNREADABLE_CHAIN' };
    if (vendor === null) return { kind: 'refused', reason: 'UNKNOWN_AUTHORITY' };
    const mac = certificateMac(vendor, namesOf(leaf));
    if (mac === null) return { kind: 'refused', reason: 'NO_MAC_ADDRESS' };
    return { kind: 'holder', mac, vendor, hash: hash('sha256', `certificate ${leaf.fingerprint256}`, 'hex') };
  }

  /**
   * Whose authority the chain ends at; null where it ends at none, or one of its links is not signed by the next. The
   * handshake proved that there is a good chain, and what is read here is put together by names out of what the phone
   * sent: a certificate slipped in between would lead to another vendor's root.
   */
  #vendorOf(leaf: DetailedPeerCertificate): PhoneVendor | 'unreadable' | null {
    const seen = new Set<string>();
    let at = leaf;
    while (!seen.has(at.fingerprint256)) {
      seen.add(at.fingerprint256);
      const { issuerCertificate: issuer } = at as Partial<DetailedPeerCertificate>;
      if (issuer === undefined) break;
      const isSigned = signs(issuer.raw, at.raw);
      if (isSigned !== true) return isSigned === null ? 'unreadable' : null;
      at = issuer;
    }
    return this.#vendors.get(at.fingerprint256) ?? null;
  }
}

/** Null: one of them is of a kind that OpenSSL does not read; what a phone sends must not throw. */
function signs(issuer: Buffer, certificate: Buffer): boolean | null {
  try {
    return new X509Certificate(certificate).verify(new X509Certificate(issuer).publicKey);
  } catch {
    return null;
  }
}

function parsed(vendor: PhoneVendor, block: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch (error) {
    throw unusable(`the file of provisioner.tls.clientCa for ${vendor} holds what is no certificate`, error);
  }
}

function unusable(message: string, cause?: unknown): AppError {
  return new AppError('config-invalid', message, {
    remedy: 'Give it the CA certificates that the vendor hands out for its phones, as PEM.',
    retryable: false,
    cause,
  });
}

function namesOf({ subject, subjectaltname = '' }: DetailedPeerCertificate): readonly CertificateName[] {
  // An attribute that comes more than once is a list of texts, whatever its type says.
  const attributes: readonly (readonly [string, unknown])[] = Object.entries(subject);
  const ofSubject = attributes.flatMap(([name, values]) =>
    [values].flat().flatMap((value) => (typeof value === 'string' ? [{ name, value }] : [])),
  );
  const ofAltNames = subjectaltname.split(', ').flatMap((text) => {
    const at = text.indexOf(':');
    return at < 0 ? [] : [{ name: text.slice(0, at), value: text.slice(at + 1) }];
  });
  return [...ofSubject, ...ofAltNames];
}
