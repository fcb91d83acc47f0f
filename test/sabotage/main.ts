import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mkdirSync } from 'node:fs';
import type { Sabotage } from './sabotage.ts';
import { SABOTAGES } from './sabotages.ts';

/**
 * Breaks the product on purpose, one line at a time, in a copy of the tree, and sees the named test fail: a promise whose
 * test passes without it is not tested. Each test is first seen to pass on the copy as it is.
 * With an argument, a promise or a part of a file's path, only those.
 */
const [only = ''] = process.argv.slice(2);
const chosen = SABOTAGES.filter(({ promise, file }) => only === '' || promise === only || file.includes(only));
const root = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'wisp-edge-sabotage-'));
try {
  copyTree();
  let failures = 0;
  for (const sabotage of chosen) failures += isCaught(sabotage) ? 0 : 1;
  process.stdout.write(`${chosen.length - failures} passed, ${failures} failed\n`);
  process.exitCode = failures === 0 && chosen.length > 0 ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function copyTree(): void {
  const { stdout } = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' });
  for (const file of stdout.split('\n').filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

function isCaught({ promise, file, line, becomes, test }: Sabotage): boolean {
  const path = join(copy, file);
  const sound = readFileSync(path, 'utf8');
  const places = sound.split(line).length - 1;
  const tell = (verdict: string, isGood: boolean): boolean => {
    process.stdout.write(`${isGood ? '  ok ' : 'FAIL '} ${promise.padEnd(4)} ${file}: ${verdict}\n`);
    return isGood;
  };
  if (places !== 1) return tell(`the line to break stands there ${places} times: ${line}`, false);
  if (!passes(test)) return tell(`"${test.name}" fails on the sound tree`, false);
  writeFileSync(
    path,
    sound.replace(line, () => becomes),
  );
  try {
    return passes(test)
      ? tell(`"${test.name}" passes all the same`, false)
      : tell(`"${test.name}" fails, as it should`, true);
  } finally {
    writeFileSync(path, sound);
  }
}

/** True when the named test ran and passed. A name that matches nothing is a failure, not a pass. */
function passes(test: Sabotage['test']): boolean {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', test.file, '-t', test.name, '--reporter=json'],
    { cwd: copy, encoding: 'utf8', timeout: 180_000 },
  );
  const found = /"numPassedTests":(\d+),"numFailedTests":(\d+)/.exec(stdout);
  const [passed = 0, failed = 0] = (found?.slice(1) ?? []).map(Number);
  return status === 0 && passed > 0 && failed === 0;
}
