// Aligned columns: tables with a heading, and lists of "name  value".

import type { Style } from '../terminal/style.ts';

/** Text, and how to paint it after it has been measured. */
export type Cell = string | { readonly text: string; readonly paint: (text: string) => string };

const gap = '  ';

/** Lines of a table. The last column is not padded. */
export function table(
  heading: readonly string[],
  rows: readonly (readonly Cell[])[],
  style: Style,
): string[] {
  const head = heading.map((text): Cell => ({ text, paint: style.dim }));
  return align([head, ...rows]);
}

/** Lines of "name  value", names dimmed; values that are undefined are left out. */
export function pairs(
  values: readonly (readonly [string, string | undefined])[],
  style: Style,
): string[] {
  return align(
    values.flatMap(([name, value]): Cell[][] => {
      if (value === undefined) return [];
      const [first = '', ...more] = value.split('\n');
      return [[{ text: name, paint: style.dim }, first], ...more.map((line) => ['', line])];
    }),
  );
}

export function align(rows: readonly (readonly Cell[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries())
      widths[i] = Math.max(widths[i] ?? 0, width(textOf(cell)));
  return rows.map((row) =>
    row
      .map((cell, i) => {
        const text = textOf(cell);
        const padding = i === row.length - 1 ? '' : ' '.repeat((widths[i] ?? 0) - width(text));
        return (typeof cell === 'string' ? text : cell.paint(text)) + padding;
      })
      .join(gap)
      .trimEnd(),
  );
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

/** Columns that a text takes: wide letters of East Asia take two, marks that combine take none. */
function width(text: string): number {
  let columns = 0;
  for (const letter of text.normalize('NFC'))
    columns += /\p{Mn}/u.test(letter)
      ? 0
      : /[\u1100-\u115f\u2e80-\uffdc]|\p{Emoji_Presentation}/u.test(letter)
        ? 2
        : 1;
  return columns;
}
