import { ProblemError } from './problems.ts';

/** What the head of a request says of its body. */
export interface BodyHead {
  readonly type: string | undefined;
  readonly encoding: string | undefined;
  /** The route reads text/csv beside JSON. */
  readonly takesCsv?: boolean;
}

/** A body of text/csv, as it came: what it is encoded in is told by its bytes, for spreadsheets say it wrongly or not at all. */
export class CsvBody {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/**
 * Reads a body. One without bytes is no body, whatever Content-Type says (design §5.1). `__proto__` becomes a plain field
 * with JSON.parse, and the schemas refuse it as unknown.
 */
export function readBody(bytes: Uint8Array, head: BodyHead): unknown {
  if (bytes.length === 0) return undefined;
  if (head.encoding !== undefined && head.encoding.trim().toLowerCase() !== 'identity') {
    throw new ProblemError('unsupported-media-type', { detail: 'Content-Encoding is not read' });
  }
  if (head.takesCsv === true && /^text\/csv\s*(;|$)/i.test((head.type ?? '').trim())) return new CsvBody(bytes);
  if (!isJson(head.type)) {
    const expected =
      head.takesCsv === true ? 'neither text/csv nor application/json in UTF-8' : 'not application/json in UTF-8';
    throw new ProblemError('unsupported-media-type', {
      detail: head.type === undefined ? 'Content-Type is missing' : `Content-Type is ${expected}`,
    });
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const body: unknown = JSON.parse(text);
    return body;
  } catch (cause) {
    // The parser's message quotes the body, which may hold a secret (I9): only the position is passed on.
    const position = cause instanceof SyntaxError ? /position (\d+)/.exec(cause.message)?.[1] : undefined;
    throw new ProblemError('malformed-json', {
      detail: position === undefined ? 'not JSON in UTF-8' : `not JSON at character ${position}`,
    });
  }
}

function isJson(type: string | undefined): boolean {
  const match = /^application\/json\s*(?:;\s*charset\s*=\s*"?([A-Za-z0-9_-]+)"?\s*)?;?$/i.exec((type ?? '').trim());
  const charset = match?.[1]?.toLowerCase();
  return match !== null && (charset === undefined || charset === 'utf-8' || charset === 'utf8');
}
