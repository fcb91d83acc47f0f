import { expect, test } from 'vitest';
import { cli, smallConfig, temporaryFolder, writeConfig } from './fixture.ts';

interface Told {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const errorsOf = ({ stderr }: Told): unknown => JSON.parse(stderr);

test.each(['es', 'en'])('--json: what went wrong is one line of JSON on stderr, with its code, in %s', async (lang) => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, smallConfig());
  const told = await cli(['--lang', lang, '--config', config, 'routers', '--json']);
  expect([told.code, told.stdout]).toEqual([78, '']);
  expect(errorsOf(told)).toEqual({
    errors: [
      {
        code: 'data-dir-invalid',
        message: expect.stringMatching(lang === 'es' ? /carpeta/ : /no database/) as unknown,
        remedy: expect.stringContaining('wisp-edge init') as unknown,
      },
    ],
  });
});

test('--json: each fault of the configuration has its place', async () => {
  const folder = temporaryFolder();
  const config = writeConfig(folder, 'site: x\nsitio: y\ncontrol: 5\n');
  const told = await cli(['--config', config, 'status', '--json']);
  expect([told.code, told.stdout]).toEqual([78, '']);
  expect(errorsOf(told)).toMatchObject({
    errors: expect.arrayContaining([
      {
        code: 'config-invalid',
        file: config,
        line: 2,
        column: 1,
        path: 'sitio',
        message: expect.any(String) as unknown,
        remedy: expect.any(String) as unknown,
      },
    ]) as unknown,
  });
});

test('without --json, and where it stands after `--`, a person is told', async () => {
  const config = writeConfig(temporaryFolder(), smallConfig());
  for (const args of [['routers'], ['cutoff', '--', '--json']])
    expect((await cli(['--lang', 'en', '--config', config, ...args])).stderr).toMatch(/^error/);
});
