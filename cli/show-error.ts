import { inSpanish } from '../schemas/told-es.ts';
import { AppError, type ErrorCode } from '../schemas/app-error.ts';
import { ConfigError } from './config/fault.ts';
import type { Messages } from './messages/messages.ts';

/** A failure in the words of one language. */
interface Told {
  /** The place in the configuration, where there is one. */
  readonly at: { readonly file: string; readonly line: number; readonly column: number; readonly path: string } | null;
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
}

/** Any failure as lines for a person: what is wrong, where, and what to do. */
export function showError(error: unknown, messages: Messages): string {
  const { labels } = messages;
  return toldOf(error, messages)
    .map(({ at, code, message, remedy }) => {
      const place = at === null ? null : `${at.file}:${at.line}:${at.column}: ${at.path === '' ? '' : `${at.path}: `}`;
      const named = error instanceof AppError ? `${labels.error} (${code}): ` : `${labels.error}: `;
      return `${place ?? named}${message}\n  ${labels.remedy}: ${remedy}\n`;
    })
    .join('');
}

/** The same for a program that asked for `--json`: one line, `{"errors":[{code, message, remedy, …}]}`. */
export function showErrorJson(error: unknown, messages: Messages): string {
  const errors = toldOf(error, messages).map(({ at, ...told }) => ({ ...told, ...at }));
  return `${JSON.stringify({ errors })}\n`;
}

function toldOf(error: unknown, messages: Messages): readonly Told[] {
  if (error instanceof ConfigError) {
    return error.problems.map(({ fault, ...at }) => {
      const { wrong, instead } = messages.fault(fault);
      return { at, code: error.code, message: wrong, remedy: instead };
    });
  }
  if (!(error instanceof AppError)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const { remedy } = messages.errors.internal;
    return [{ at: null, code: 'internal', message: `${messages.labels.unnamed}: ${detail}`, remedy }];
  }
  const denied = deniedFile(error, messages);
  const known = denied ?? messages.errors[error.code];
  const isEnglish = messages.language === 'en';
  const message = isEnglish
    ? error.message
    : denied === null
      ? `${known.what}: ${inSpanish(error.message)}`
      : known.what;
  const remedy = isEnglish ? (error.remedy ?? known.remedy) : known.remedy;
  return [{ at: null, code: error.code, message, remedy }];
}

/** A file that is there and closed to this user: `init`, which the code's own remedy names, would change nothing. */
function deniedFile({ code, cause }: AppError, { denied }: Messages): { what: string; remedy: string } | null {
  const isOfFile = code === 'data-dir-invalid' || code === 'secret-unreadable';
  if (!isOfFile || !(cause instanceof Error) || !('code' in cause) || !('path' in cause)) return null;
  if (cause.code !== 'EACCES' && cause.code !== 'EPERM') return null;
  return denied(String(cause.path));
}
