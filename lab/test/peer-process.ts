import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends a child by its pid, at first politely; resolves when it is gone. */
export async function endProcess(child: ChildProcess, graceMs = 3000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => {
    child.kill('SIGKILL');
  }, graceMs);
  await gone;
  clearTimeout(timer);
}
