// What tsc leaves behind: files that the running product reads (SQL migrations, emitted schemas, pages, data).
import { cpSync, existsSync, rmSync } from 'node:fs';
import { extname } from 'node:path';

const assets = [
  'package.json',
  'store/sqlite/migrations',
  'agent/walled-garden',
  'schemas/openapi.json',
  'schemas/config.schema.json',
  'config.example.yaml',
  // The verbs tell what a reason means and what to do.
  'docs/reasons.md',
];
for (const asset of assets) {
  // What is not there any more goes: a migration that was renamed would run twice.
  rmSync(`dist/${asset}`, { recursive: true, force: true });
  if (existsSync(asset)) cpSync(asset, `dist/${asset}`, { recursive: true });
}
// The dashboard's pages without their types and tests: what a browser reads.
cpSync('control/dashboard', 'dist/control/dashboard', {
  recursive: true,
  filter: (source) => ['', '.html', '.css', '.js', '.svg'].includes(extname(source)),
});
