import type { Environment } from './config/secrets.ts';
import type { Messages } from './messages/messages.ts';

/** What the process gives to a verb; tests give streams and signals of their own. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  readonly env: Environment;
  readonly cwd: string;
  /** True when stdout is a person’s terminal. */
  readonly isTerminal: boolean;
  /** How wide that terminal is, in characters; 80 where nobody says. */
  readonly columns?: number;
  /** True when a person types at stdin. */
  readonly isInputTerminal: boolean;
  readonly signals: Pick<NodeJS.EventEmitter, 'on' | 'off'>;
  /** Ends the process at once, when a graceful stop takes too long. */
  exit(code: number): void;
}

/** One call of the CLI: what every verb needs. */
export interface Invocation {
  readonly io: Io;
  readonly messages: Messages;
  /** The file of `--config`, or null for the default places. */
  readonly configPath: string | null;
}

export function say({ io }: Invocation, line: string): void {
  io.stdout.write(`${line}\n`);
}

export function sayJson({ io }: Invocation, value: unknown): void {
  io.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** How wide a table may be: as the terminal, or as it likes where nobody reads on one. */
export function screenWidth({ io }: Invocation): number | null {
  return io.isTerminal ? (io.columns ?? 80) : null;
}
