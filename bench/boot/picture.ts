// A picture of where boot time goes: a bar for each unit, from when it was begun to when it was up.

import type { UnitTime } from './inside.ts';

const rowHeight = 16;
const labelWidth = 300;
const width = 1200;
/** The longest, in the order in which they were begun. */
const mostRows = 40;

/** An SVG. Times are seconds since the kernel started. */
export function pictureOf(title: string, units: readonly UnitTime[]): string {
  const shown = units
    .filter(({ name }) => !/\.(device|target|slice)$/.test(name))
    .toSorted((a, b) => length(b) - length(a))
    .slice(0, mostRows)
    .sort((a, b) => a.activating - b.activating);
  const end = Math.max(1, ...shown.map(({ activated }) => activated));
  const x = (time: number) => labelWidth + (time / end) * (width - labelWidth - 60);
  const height = (shown.length + 3) * rowHeight;
  const rows = shown.map((unit, i) => {
    const y = (i + 2) * rowHeight;
    const long = Math.max(1, x(unit.activated) - x(unit.activating));
    const seconds = (length(unit) / 1e6).toFixed(1);
    return [
      `<text x="${labelWidth - 8}" y="${y + 12}" text-anchor="end">${escaped(unit.name)}</text>`,
      `<rect x="${x(unit.activating).toFixed(1)}" y="${y + 2}" width="${long.toFixed(1)}" height="12" fill="#4a7"/>`,
      `<text x="${(x(unit.activating) + long + 4).toFixed(1)}" y="${y + 12}">${seconds} s</text>`,
    ].join('');
  });
  const ticks = Array.from({ length: Math.floor(end / 5e6) + 1 }, (_, i) => i * 5);
  const scale = ticks.map(
    (tick) =>
      `<line x1="${x(tick * 1e6).toFixed(1)}" x2="${x(tick * 1e6).toFixed(1)}" y1="${2 * rowHeight}" y2="${height - rowHeight}" stroke="#ccc"/>` +
      `<text x="${x(tick * 1e6).toFixed(1)}" y="${height - 2}" text-anchor="middle">${tick} s</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="8" y="14" font-size="13">${escaped(title)}</text>`,
    ...scale,
    ...rows,
    '</svg>\n',
  ].join('\n');
}

const length = ({ activating, activated }: UnitTime) => activated - activating;

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
