import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** A child that dies with us, whatever a test forgot. */
export function dieWithUs<Child extends ChildProcess>(child: Child): Child {
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

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
