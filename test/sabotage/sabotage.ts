/** One line of the product broken on purpose, and the test that must notice. */
export interface Sabotage {
  readonly promise: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly line: string;
  readonly becomes: string;
  readonly test: { readonly file: string; readonly name: string };
}

/** Where the tests of workers are. */
export const worker = 'agent/test/worker';
/** Where those of adoptions are. */
export const adoption = {
  handedBack: 'agent/test/adopt/handed-back.test.ts',
  held: 'agent/test/adopt/held.test.ts',
  notices: 'agent/test/adopt/notices.test.ts',
  portal: 'agent/test/adopt/portal.test.ts',
  restores: 'agent/test/adopt/restores.test.ts',
  shown: 'agent/test/adopt/shown.test.ts',
  writes: 'agent/test/adopt/writes.test.ts',
} as const;
/** Those of encrypted files, as they are served. */
export const encrypted = 'provisioner/test/http/encrypted.test.ts';
/** Those of the ciphers. */
export const ciphers = 'provisioner/core/file-cipher/file-cipher.test.ts';
