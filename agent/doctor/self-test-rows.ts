import { AppError } from '../../schemas/app-error.ts';
import { isStale } from '../apply.ts';
import { ownComment } from '../core/ownership.ts';
import type { RouterSession } from '../ports.ts';

/** Our rows know it by no other name, so that a pass takes them for orphans and removes them. */
export const SELF_TEST_COMMENT = ownComment({ kind: 'rule', key: 'self-test' });
export const ACCESS = '/ip/proxy/access';
export const FILTER = '/ip/firewall/filter';

/** A row of a self-test on the router. */
export interface Standing {
  readonly menu: string;
  readonly id: string;
}

export interface RowsDeps {
  readonly session: RouterSession;
  readonly commandTimeoutMs: number;
}

/** The rows of a self-test that the router has, the rule first; none where it does not say. */
export async function standing({ session, commandTimeoutMs }: RowsDeps): Promise<readonly Standing[]> {
  const found: Standing[] = [];
  try {
    for (const menu of [FILTER, ACCESS]) {
      const command = {
        path: `${menu}/print`,
        attributes: { '.proplist': '.id' },
        queries: [`comment=${SELF_TEST_COMMENT}`],
      };
      const { rows } = await session.run(command, { timeoutMs: commandTimeoutMs });
      found.push(...rows.map((row) => ({ menu, id: row.get('.id') ?? '' })));
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
  }
  return found;
}

/**
 * Takes rows of a self-test off in this order: the rule, then the row that answers for whom it lets in. What cannot be
 * taken off stays with all that follow it: the next pass finds them by their comment.
 */
export async function takeOff(rows: readonly Standing[], { session, commandTimeoutMs }: RowsDeps): Promise<void> {
  for (const { menu, id } of rows) {
    try {
      await session.run({ path: `${menu}/remove`, attributes: { '.id': id } }, { timeoutMs: commandTimeoutMs });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (!isStale(error)) return;
    }
  }
}
