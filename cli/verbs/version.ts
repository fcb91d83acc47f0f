import { readFileSync } from 'node:fs';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { say, sayJson, type Invocation } from '../invocation.ts';

/** Prints which wisp-edge this is. */
export function version(invocation: Invocation, options: { readonly json: boolean }): ExitCode {
  const own = productVersion();
  if (options.json) sayJson(invocation, { version: own, node: process.versions.node });
  else say(invocation, `wisp-edge ${own} (Node.js ${process.versions.node})`);
  return EXIT.ok;
}

/** The version in package.json, which lies two folders up both in the source and in dist. */
function productVersion(): string {
  const content: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const isNamed = typeof content === 'object' && content !== null && 'version' in content;
  return isNamed && typeof content.version === 'string' ? content.version : 'unknown';
}
