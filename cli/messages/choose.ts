import type { Environment } from '../config/secrets.ts';
import { EN } from './en.ts';
import { ES } from './es.ts';
import type { Messages } from './messages.ts';

/** The messages of `--lang`, else of the locale (POSIX: LC_ALL, LC_MESSAGES, LANG), else English. */
export function chooseMessages(wanted: string | null, env: Environment): Messages {
  const locale =
    wanted ?? [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /^es([_.@-]|$)/i.test(locale) ? ES : EN;
}
