import { createInterface } from 'node:readline/promises';
import type { Io } from './invocation.ts';

/** Asks at the terminal; true for yes in either language. */
export async function isAgreed(io: Pick<Io, 'stdin' | 'stderr'>, question: string): Promise<boolean> {
  const reader = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  try {
    return /^\s*(y|yes|s|si|sí)\s*$/i.test(await reader.question(question));
  } finally {
    reader.close();
  }
}
