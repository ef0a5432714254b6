// A picture of where boot time goes: a bar for each phase, then one for each unit, from when it was begun to
// when it was up.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Inside, Span } from './inside.ts';

const rowHeight = 16;
const labelWidth = 300;
const width = 1200;
/** The longest units, in the order in which they were begun. */
const mostUnits = 40;
const tickSeconds = 5;

/** Writes the picture, as SVG, and makes its folder if that is not there. */
export function writePicture(file: string, title: string, inside: Inside): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, pictureOf(title, inside));
}

/** An SVG. Times are seconds since the kernel started. */
export function pictureOf(title: string, { phases, units }: Omit<Inside, 'pssKiB'>): string {
  const shown = [...phases, ...longest(units)];
  const begin = Math.min(0, ...shown.map((span) => span.begin));
  const end = Math.max(1, ...shown.map((span) => span.end));
  const height = (shown.length + 3) * rowHeight;
  const x = (time: number) =>
    labelWidth + ((time - begin) / (end - begin)) * (width - labelWidth - 60);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="14" font-size="13">${escaped(title)}</text>`,
    ...ticks(begin, end).map((tick) => tickOf(tick, x(tick * 1e6), height)),
    ...shown.map((span, i) => rowOf(span, (i + 2) * rowHeight, x, i < phases.length)),
    '</svg>\n',
  ].join('\n');
}

function longest(units: readonly Span[]): Span[] {
  return units
    .filter(({ name }) => !/\.(device|target|slice|socket)$/.test(name))
    .toSorted((a, b) => length(b) - length(a))
    .slice(0, mostUnits)
    .sort((a, b) => a.begin - b.begin);
}

function ticks(begin: number, end: number): number[] {
  const first = Math.ceil(begin / 1e6 / tickSeconds);
  const last = Math.floor(end / 1e6 / tickSeconds);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * tickSeconds);
}

function tickOf(seconds: number, x: number, height: number): string {
  const at = x.toFixed(1);
  return (
    `<line x1="${at}" x2="${at}" y1="${2 * rowHeight}" y2="${height - rowHeight}" stroke="#ccc"/>` +
    `<text x="${at}" y="${height - 2}" text-anchor="middle">${seconds} s</text>`
  );
}

function rowOf(span: Span, y: number, x: (time: number) => number, isPhase: boolean): string {
  const long = Math.max(1, x(span.end) - x(span.begin));
  const seconds = (length(span) / 1e6).toFixed(1);
  return [
    `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${escaped(span.name)}</text>`,
    `<rect x="${x(span.begin).toFixed(1)}" y="${y + 2}" width="${long.toFixed(1)}" height="12" fill="${isPhase ? '#47a' : '#4a7'}"/>`,
    `<text x="${(x(span.begin) + long + 4).toFixed(1)}" y="${y + 12}">${seconds} s</text>`,
  ].join('');
}

const length = ({ begin, end }: Span) => end - begin;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
