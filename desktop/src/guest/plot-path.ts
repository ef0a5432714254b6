// The path of a plot's line: oldest at the left, the newest at the right edge.

/** An SVG path for values from 0 to `most`; empty for no values. Values that are no numbers count as 0. */
export function linePath(
  values: readonly number[],
  most: number,
  width: number,
  height: number,
): string {
  if (values.length === 0) return '';
  const top = most > 0 ? most : 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  const y = (value: number) => {
    const share = Number.isFinite(value) ? Math.max(0, Math.min(1, value / top)) : 0;
    return (height - 1 - share * (height - 2)).toFixed(1);
  };
  const points = values.map((value, i) => `${(i * step).toFixed(1)} ${y(value)}`);
  // One value is a level line.
  if (points.length === 1) points.push(`${width} ${y(values[0] ?? 0)}`);
  return `M${points.join('L')}`;
}
