#!/usr/bin/env node
// The installed entry point: what `npm ci` built. Development runs `node --import tsx cli/main.ts`.
import '../dist/cli/main.js';
