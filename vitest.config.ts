import { defineConfig } from 'vitest/config';

/**
 * Three tiers: `unit` (pure, beside its file), `socket` (real sockets and SQLite files, `<folder>/test/`), `world`
 * (whole daemons, peers, crashes: `test/`). `npm run test:fast` runs the first two.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{agent,cli,control,provisioner,schemas,store,lab,scripts}/**/*.test.ts'],
          exclude: ['**/test/**', 'node_modules/**'],
        },
      },
      {
        test: {
          name: 'socket',
          include: ['{agent,cli,control,provisioner,store,lab}/**/test/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      { test: { name: 'world', include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 } },
    ],
  },
});
