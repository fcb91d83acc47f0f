import { AppError, type AppErrorDetail, type ErrorCode } from '../../../schemas/app-error.ts';

/**
 * RouterOS says what went wrong in English text only; its category comes on some occasions and never decides here.
 * Sources: MikroTik manual "API" and the pages of the menus; texts with (n) as read in public client code.
 */
interface TrapMeaning {
  readonly text: RegExp;
  readonly code: ErrorCode;
  readonly remedy?: string;
  readonly retryable?: false;
}

const TRAP_MEANINGS: readonly TrapMeaning[] = [
  { text: /already have such entry/i, code: 'router-duplicate' },
  { text: /no such item/i, code: 'router-no-such-item' },
  {
    text: /not allowed by device-mode|inactivated, not allowed/i,
    code: 'router-device-mode',
    retryable: false,
    remedy:
      'Allow the feature on the router: /system/device-mode/update proxy=yes, then press its button or cut its power ' +
      'within 5 minutes.',
  },
  {
    text: /configuration flagged/i,
    code: 'router-flagged',
    retryable: false,
    remedy:
      'Check the router for foreign configuration, then /system/device-mode/update flagged=no and confirm at the device.',
  },
  {
    text: /invalid user name or password|cannot log ?in/i,
    code: 'router-login-refused',
    retryable: false,
    remedy: 'Check user and password of this router in the config and in /user on the router.',
  },
  {
    text: /not enough permissions|permission denied|not allowed \(9\)|not permitted \(9\)/i,
    code: 'router-not-permitted',
    retryable: false,
    remedy: "Give the user's group the policies api, read, write, test and sensitive: /user/group/set policy=….",
  },
  { text: /no such command|bad command name/i, code: 'router-no-such-command' },
  { text: /unknown parameter/i, code: 'router-unknown-parameter' },
  { text: /^interrupted/i, code: 'router-interrupted' },
  {
    text: /no space left|disk (is )?full|not enough (disk )?space/i,
    code: 'router-trap',
    remedy: "Free space on the router's flash: /file/print, /system/resource/print.",
  },
  { text: /contents too long/i, code: 'router-trap', remedy: 'Write the file in chunks below 60 KiB.' },
];

/** A `!trap` as an error. `trapMessage` is the router's own text, `category` its number where it gave one. */
export class RouterTrap extends AppError {
  readonly command: string;
  readonly trapMessage: string;
  /** 0 item or command missing, 1 argument value, 2 interrupted, 3 scripting, 4 general, 5 API, 6 TTY, 7 `:return`. */
  readonly category: number | null;

  constructor(code: ErrorCode, command: string, trapMessage: string, category: number | null, detail: AppErrorDetail) {
    super(code, `${command}: ${trapMessage}`, detail);
    this.command = command;
    this.trapMessage = trapMessage;
    this.category = category;
  }
}

/** Shortest sent value that is blotted out of a trap's text: below it the words of RouterOS itself would go. */
const SHORTEST_BLOTTED = 6;

/**
 * The error for a trap. Values that the command carried are blotted out of its text, for RouterOS likes to repeat what it
 * was given and that may hold a token (I9).
 */
export function trapError(
  path: string,
  message: string,
  category: string | undefined,
  sentValues: readonly string[] = [],
): RouterTrap {
  const text = message === '' ? 'trap without a message' : message;
  const number = category !== undefined && /^\d$/.test(category) ? Number(category) : null;
  const meaning =
    TRAP_MEANINGS.find((candidate) => candidate.text.test(text)) ??
    (number === 2 ? { code: 'router-interrupted' as const } : { code: 'router-trap' as const });
  return new RouterTrap(meaning.code, path, blotOut(text, sentValues), number, detailOf(meaning));
}

function detailOf(meaning: Omit<TrapMeaning, 'text'>): AppErrorDetail {
  return {
    ...(meaning.remedy === undefined ? {} : { remedy: meaning.remedy }),
    ...(meaning.retryable === undefined ? {} : { retryable: meaning.retryable }),
  };
}

function blotOut(text: string, values: readonly string[]): string {
  return values
    .filter((value) => value.length >= SHORTEST_BLOTTED)
    .reduce((result, value) => result.replaceAll(value, '…'), text);
}
