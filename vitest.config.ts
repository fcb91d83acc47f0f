import { defineConfig } from 'vitest/config';

/** Suites over sockets that take longer than a commit should wait for: `npm test` runs them, `npm run test:fast` does not. */
const LONG = [
  'agent/test/field/*.test.ts',
  'agent/test/worker/faults.test.ts',
  'agent/test/worker/convergence.property.test.ts',
  'agent/test/worker/moved-addresses.property.test.ts',
  'agent/test/worker/restore-lane.test.ts',
  'cli/test/verbs.test.ts',
  'provisioner/test/http/guesses.test.ts',
  'provisioner/test/rotation/faults.test.ts',
  'provisioner/test/rotation/work.test.ts',
  '**/*.peer.test.ts',
];

/**
 * Three tiers: `unit` (pure, beside its file), `socket` (real sockets and SQLite files, `<folder>/test/`), `world`
 * (whole daemons, peers, crashes: `test/`, and what is LONG). `npm run test:fast` runs the first two. Files share a
 * worker's modules (`isolate: false`): no module has state of its own, which lint keeps so.
 */
export default defineConfig({
  test: {
    maxWorkers: 3,
    isolate: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          pool: 'threads',
          include: ['{agent,bench,cli,control,provisioner,schemas,store,lab,scripts}/**/*.test.ts'],
          exclude: ['**/test/**', 'node_modules/**'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'socket',
          include: ['{agent,cli,control,provisioner,store,lab}/**/test/**/*.test.ts'],
          exclude: LONG,
          // Verbs of the CLI open their store a dozen times in one test: seconds alone, and many on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'world',
          include: ['test/**/*.test.ts', ...LONG],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
