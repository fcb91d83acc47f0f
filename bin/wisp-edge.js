#!/usr/bin/env -S node --max-semi-space-size=4
// The installed entry point: what `npm ci` built. Development runs `node --import tsx cli/main.ts`.
// V8 would keep 32 MB and more for what was just made, of which a daemon needs next to nothing; it takes no such flag later.
import '../dist/cli/main.js';
