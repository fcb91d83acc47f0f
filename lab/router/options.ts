import { isIP } from 'node:net';
import type { RouterVersion } from '../routeros/dialect.ts';
import type { Preset } from '../routeros/presets.ts';
import type { LabTexts } from './texts.ts';

export const PRESETS: readonly Preset[] = ['empty', 'home', 'wisphub'];
export const VERSIONS: readonly RouterVersion[] = ['6.49', '7.16', '7.24'];

/** One router of the lab, as the command line asks for it. */
export interface LabOptions {
  readonly id: string;
  readonly preset: Preset;
  readonly version: RouterVersion;
  /** 0: one that is free. */
  readonly port: number;
  readonly isTls: boolean;
  readonly user: string;
  readonly password: string;
  /** Each gets a SOCKS5 port. */
  readonly subscribers: readonly string[];
}

interface Given {
  readonly preset: string;
  readonly routeros: string;
  readonly id: string;
  readonly port: string;
  readonly tls: boolean;
  readonly user: string;
  readonly password: string;
  readonly subscriber: readonly string[];
}

/** Reads the values of the options; throws a RangeError in the person's language for one that is none. */
export function readOptions(given: Given, { refuses }: LabTexts): LabOptions {
  const preset = PRESETS.find((known) => known === given.preset);
  if (preset === undefined) throw new RangeError(refuses('--preset', given.preset, PRESETS.join(' | ')));
  const version = VERSIONS.find((known) => known === given.routeros);
  if (version === undefined) throw new RangeError(refuses('--routeros', given.routeros, VERSIONS.join(' | ')));
  const port = Number(given.port);
  if (!/^\d{1,5}$/.test(given.port) || port > 65_535) throw new RangeError(refuses('--port', given.port, '0–65535'));
  const stray = given.subscriber.find((address) => isIP(address) === 0);
  if (stray !== undefined) throw new RangeError(refuses('--subscriber', stray, '100.64.0.10'));
  const { id, tls: isTls, user, password, subscriber: subscribers } = given;
  return { id, preset, version, port, isTls, user, password, subscribers };
}
