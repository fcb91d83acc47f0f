import { AppError } from '../../schemas/app-error.ts';
import { ProblemError } from './problems.ts';

/** Seconds after which a busy store is worth another try. */
const BUSY_RETRY_SECONDS = '1';

/** The problem behind anything thrown while a request was served; what we do not know is `internal`, without its text. */
export function problemFrom(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof AppError) return fromAppError(error);
  const code = fieldOf(error, 'code');
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new ProblemError('body-too-large', { cause: error });
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new ProblemError('unsupported-media-type', { cause: error });
  const status = fieldOf(error, 'statusCode');
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ProblemError('malformed-request', { cause: error });
  }
  return new ProblemError('internal', { cause: error });
}

function fromAppError(error: AppError): ProblemError {
  switch (error.code) {
    case 'store-busy':
      return new ProblemError('store-busy', { cause: error, headers: { 'retry-after': BUSY_RETRY_SECONDS } });
    case 'store-corrupt':
    case 'store-newer':
    case 'data-dir-invalid':
      return new ProblemError('store-unavailable', { cause: error, headers: { 'retry-after': '10' } });
    case 'secret-unreadable':
      return new ProblemError('store-unavailable', {
        detail: 'this box has no key to seal SIP keys and tokens with',
        remedy: 'Run `wisp-edge init`, and restart control.',
        cause: error,
      });
    case 'aborted':
      return new ProblemError('shutting-down', { cause: error, headers: { 'retry-after': '5' } });
    default:
      return new ProblemError('internal', { cause: error });
  }
}

function fieldOf(error: unknown, name: 'code' | 'statusCode'): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  const fields: { code?: unknown; statusCode?: unknown } = error;
  return fields[name];
}
