// Runs inside the worker that paints a RayOS window: reads the number that the bench guest draws into
// each frame (24 blocks of 16 pixels at the top left). Reading back costs, so it is off while rates are
// taken. Each function is sent to the worker by itself and can use nothing outside of itself.

type Counting = { paints: number; distinct: number; last: number | undefined; on: boolean };
type Scope = { benchCount?: Counting };

/** Begins to count; the first call puts itself around the canvas's methods. */
export function startCounting(): void {
  const scope = globalThis as Scope;
  const isFirst = scope.benchCount === undefined;
  const count: Counting = { paints: 0, distinct: 0, last: undefined, on: true };
  if (!isFirst) {
    Object.assign(scope.benchCount ?? {}, count);
    return;
  }
  scope.benchCount = count;
  let asked = false;
  const read = (context: OffscreenCanvasRenderingContext2D): void => {
    asked = false;
    const { data } = context.getImageData(0, 8, 24 * 16, 1);
    let number = 0;
    for (let bit = 0; bit < 24; bit++)
      if ((data[(bit * 16 + 8) * 4] ?? 0) > 127) number |= 1 << bit;
    count.paints++;
    if (number !== count.last) count.distinct++;
    count.last = number;
  };
  const methods = globalThis.OffscreenCanvasRenderingContext2D?.prototype as unknown as
    | Record<string, unknown>
    | undefined;
  for (const name of ['putImageData', 'fillRect', 'drawImage']) {
    const original = methods?.[name];
    if (typeof original !== 'function' || !methods) continue;
    methods[name] = function (this: OffscreenCanvasRenderingContext2D, ...args: unknown[]) {
      original.apply(this, args);
      if (!count.on || asked || this.canvas.width <= 24 * 16) return;
      asked = true;
      queueMicrotask(() => read(this)); // after the last tile of the frame
    };
  }
}

/** Ends counting. */
export function readCount(): { paints: number; distinct: number } {
  const count = (globalThis as Scope).benchCount;
  if (!count) return { paints: 0, distinct: 0 };
  count.on = false;
  return { paints: count.paints, distinct: count.distinct };
}
