// Builds the web desktop with Vite into a folder beside the old one, then puts it in its place: a build
// that is interrupted leaves the old desktop as it was.
// @ts-check

import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './npm-packages.mjs';

const desktop = join(root, 'desktop');
const target = join(desktop, 'dist');
const stampName = 'built-from.txt';

/** Everything that the built desktop depends on. */
const sources = [
  'desktop/**/*',
  'src/contracts/**/*',
  'docs/*.md',
  'docs/pictures/*.webp',
  'package-lock.json',
];

/** A digest over names and contents of the desktop's sources. */
export function sourcesDigest() {
  const hash = createHash('sha256');
  const files = globSync(sources, {
    cwd: root,
    exclude: ['desktop/dist/**', '**/*.test.ts'],
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

/** @param {(phase: string, detail?: string) => void} progress */
export async function buildDesktop(progress) {
  const digest = sourcesDigest();
  const stamp = join(target, stampName);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === digest) return 'all there';
  progress('vite build');
  const { build } = await import('vite');
  const fresh = join(root, 'node_modules', `.rayos-desktop.${process.pid}`);
  try {
    await build({ root: desktop, logLevel: 'warn', build: { outDir: fresh, emptyOutDir: true } });
    writeFileSync(join(fresh, stampName), `${digest}\n`);
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return 'built';
}
