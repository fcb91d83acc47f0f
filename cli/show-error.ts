import { AppError } from '../schemas/app-error.ts';
import { ConfigError } from './config/fault.ts';
import type { Messages } from './messages/messages.ts';

/** Any failure as lines for a person: what is wrong, where, and what to do. */
export function showError(error: unknown, messages: Messages): string {
  const { labels } = messages;
  if (error instanceof ConfigError) {
    return error.problems
      .map(({ file, line, column, path, fault }) => {
        const { wrong, instead } = messages.fault(fault);
        return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${wrong}\n  ${labels.remedy}: ${instead}\n`;
      })
      .join('');
  }
  if (!(error instanceof AppError)) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${labels.error}: ${labels.unnamed}: ${detail}\n  ${labels.remedy}: ${messages.errors.internal.remedy}\n`;
  }
  const denied = deniedFile(error, messages);
  const known = denied ?? messages.errors[error.code];
  const isEnglish = messages.language === 'en';
  const what = isEnglish ? error.message : denied === null ? `${known.what}: ${error.message}` : known.what;
  const remedy = isEnglish ? (error.remedy ?? known.remedy) : known.remedy;
  return `${labels.error} (${error.code}): ${what}\n  ${labels.remedy}: ${remedy}\n`;
}

/** A file that is there and closed to this user: `init`, which the code's own remedy names, would change nothing. */
function deniedFile({ code, cause }: AppError, { denied }: Messages): { what: string; remedy: string } | null {
  const isOfFile = code === 'data-dir-invalid' || code === 'secret-unreadable';
  if (!isOfFile || !(cause instanceof Error) || !('code' in cause) || !('path' in cause)) return null;
  if (cause.code !== 'EACCES' && cause.code !== 'EPERM') return null;
  return denied(String(cause.path));
}
