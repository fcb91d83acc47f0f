import { run } from './program.ts';

// A reader that had enough (`| head`) closes the pipe: nothing is wrong then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await run(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  isTerminal: process.stdout.isTTY,
  ...(process.stdout.isTTY ? { columns: process.stdout.columns } : {}),
  isInputTerminal: process.stdin.isTTY,
  signals: process,
  exit: (code) => process.exit(code),
});
