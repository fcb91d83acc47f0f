import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FrameReader } from '../frame.ts';

const FILE = join(import.meta.dirname, '../data/drachtio-wire.txt');

/** What happened on one connection, in order: payloads of frames, without their lengths. */
export type Happening =
  | { readonly kind: 'app' | 'server'; readonly payloads: readonly string[] }
  | { readonly kind: 'close'; readonly by: string };

export interface Section {
  readonly title: string;
  /** By name of the connection (`conn1`). */
  readonly connections: ReadonlyMap<string, readonly Happening[]>;
}

/** Reads the transcript; its first lines say how it is written. */
export function readTranscript(): Section[] {
  const bytes = readFileSync(FILE);
  const sections: { title: string; connections: Map<string, Happening[]> }[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = bytes.indexOf(10, at);
    const line = bytes.subarray(at, end).toString('latin1');
    at = end + 1;
    const title = /^#{8} (.*)$/.exec(line)?.[1];
    if (title !== undefined) sections.push({ title, connections: new Map() });
    const [, connection = '', what = ''] = /^---- (conn\d+) (.*)$/.exec(line) ?? [];
    const happenings = sections.at(-1)?.connections;
    if (connection === '' || happenings === undefined) continue;
    if (!happenings.has(connection)) happenings.set(connection, []);
    const by = /^close by (.*)$/.exec(what)?.[1];
    if (by !== undefined) {
      happenings.get(connection)?.push({ kind: 'close', by });
      continue;
    }
    const [, from, size] = /^(app|server)->\w+ (\d+) bytes/.exec(what) ?? [];
    const payloads = new FrameReader().push(bytes.subarray(at, at + Number(size)));
    happenings.get(connection)?.push({ kind: from === 'app' ? 'app' : 'server', payloads });
    at += Number(size);
  }
  return sections;
}

/** What differs on every run: ids, branches, tags, Call-IDs, nonces, digests, counters, clock times, ports, sizes. */
const VARIABLE =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<=branch=)[^;\s]+|(?<=tag=)[^;\s]+|(?<=nonce=")[^"]+|(?<=response=")[^"]+|(?<=CSeq: )\d+|\d\d:\d\d:\d\d\.\d{6}|(?<=127\.0\.0\.1[:|])\d+|(?<=rport=)\d+|(?<=(?:application|network)\|)[1-9]\d*/g;

export function masked(payload: string): string {
  return payload.replace(VARIABLE, '*');
}

export function variables(payload: string): string[] {
  return payload.match(VARIABLE) ?? [];
}
