import type { ErrorCode } from 'yaml';
import { AppError } from '../../schemas/app-error.ts';

/** What a place in the configuration should hold, as data: each language says it in its own words. */
export type Expected =
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'number'; readonly isWhole: boolean; readonly min: number | null; readonly max: number | null }
  | { readonly kind: 'text' }
  | { readonly kind: 'boolean' }
  /** `least`, `most`: how many entries, where it is their number that does not fit. */
  | { readonly kind: 'list'; readonly least: number | null; readonly most: number | null }
  | { readonly kind: 'section' }
  /** A pattern is for machines: a person is shown what fits it. */
  | { readonly kind: 'example'; readonly example: string }
  /** A form that reads alike in every language, e.g. `{ file: PATH }`. */
  | { readonly kind: 'form'; readonly form: string };

/** What is wrong at one place. Never holds a value that may be a secret. */
export type ConfigFault =
  /** `detail` in the words of the library, which are English; `code` is its too, where it gives one. */
  | { readonly kind: 'syntax'; readonly detail: string; readonly code: ErrorCode | null }
  | { readonly kind: 'too-large'; readonly limitBytes: number }
  | {
      readonly kind: 'unknown-key';
      readonly key: string;
      readonly nearest: string | null;
      readonly known: readonly string[];
    }
  | { readonly kind: 'missing-key'; readonly key: string; readonly expected: Expected }
  | { readonly kind: 'wrong-value'; readonly expected: Expected; readonly got: string }
  | { readonly kind: 'duplicate-router'; readonly id: string }
  | { readonly kind: 'duplicate-token'; readonly name: string }
  | { readonly kind: 'duplicate-registrar'; readonly id: string }
  | { readonly kind: 'bad-registrar'; readonly key: 'uri' | 'domain'; readonly value: string }
  | { readonly kind: 'tls-without-https'; readonly url: string }
  | {
      readonly kind: 'unknown-bundle';
      readonly name: string;
      readonly nearest: string | null;
      readonly known: readonly string[];
    }
  /** `other`: the file that has the name already. */
  | { readonly kind: 'duplicate-bundle'; readonly name: string; readonly other: string }
  | { readonly kind: 'duplicate-list'; readonly list: string; readonly other: string }
  | { readonly kind: 'unknown-placeholder'; readonly placeholder: string; readonly known: readonly string[] }
  | { readonly kind: 'listen-without-tls'; readonly host: string }
  | { readonly kind: 'plain-http'; readonly url: string }
  | { readonly kind: 'central-incomplete'; readonly central: string; readonly key: string }
  | { readonly kind: 'bad-cron'; readonly value: string }
  | { readonly kind: 'bad-time-zone'; readonly value: string }
  | { readonly kind: 'bad-address'; readonly value: string; readonly form: string }
  | { readonly kind: 'url-of-one-phone' }
  | { readonly kind: 'notice-server-missing'; readonly router: string }
  | { readonly kind: 'notice-server-address'; readonly value: string };

export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Dotted path of keys, list members by number: `agent.routers.0.password`. */
  readonly path: string;
  readonly fault: ConfigFault;
}

/** The configuration cannot be used; every problem at once, each with its place. Exit 78. */
export class ConfigError extends AppError {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const places = problems.map(({ file, line, column, path, fault }) => {
      const what = 'key' in fault ? `${fault.kind} ${fault.key}` : fault.kind;
      return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}${what}`;
    });
    super('config-invalid', places.join('; '), {
      remedy: 'Mend the places named; `wisp-edge check` shows them again, config.example.yaml has every key.',
      retryable: false,
    });
    this.problems = problems;
  }
}
