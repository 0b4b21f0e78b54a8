#!/usr/bin/env node
'use strict';
// The only entry. It finds a Node that is new enough and runs the program with it, in this process where it can.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { findNode, NEEDED_MAJOR } = require('./find-node.cjs');

const source = join(__dirname, '..', 'src', 'main.ts');
const main = existsSync(source) ? source : join(__dirname, '..', 'dist', 'main.js');
const node = findNode();

if (!node) {
  process.stderr.write(
    `rootward needs Node ${NEEDED_MAJOR} or newer, and this one is ${process.version}: install it from https://nodejs.org or run "npm ci" here.\n`,
  );
  process.exit(2);
} else if (node === process.execPath) {
  import(pathToFileURL(main).href).catch((error) => {
    process.stderr.write(`rootward could not start: ${error instanceof Error ? error.stack : error}\n`);
    process.exit(2);
  });
} else {
  const { spawn } = require('node:child_process');
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both of us; the child decides when it has ended.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`rootward could not run ${node}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal) process.exit(128 + (require('node:os').constants.signals[signal] || 0));
    process.exit(code === null ? 1 : code);
  });
}
