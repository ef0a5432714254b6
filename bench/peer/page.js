// noVNC as its own documentation sets it up, with one thing added: after each paint of the visible
// canvas it is noted how often that happened, and whether a watched pixel has changed.

import RFB from '/novnc/core/rfb.js';

const state = { connected: false, paints: 0, watch: undefined, count: undefined };
const paint = CanvasRenderingContext2D.prototype.drawImage;

CanvasRenderingContext2D.prototype.drawImage = function drawImage(...args) {
  paint.apply(this, args);
  if (!this.canvas.isConnected) return;
  state.paints++;
  const painted = performance.timeOrigin + performance.now(); // reading back is no part of it
  if (state.count) note(this);
  if (!state.watch) return;
  const { x, y, from, resolve } = state.watch;
  if (read(this, x, y) === from) return;
  state.watch = undefined;
  resolve(painted);
};

const read = (context, x, y) => context.getImageData(x, y, 1, 1).data.join();
/** The bench guest draws the number of each frame as 24 blocks of 16 pixels, black or white. */
function note(canvas) {
  const { data } = canvas.getImageData(0, 8, 24 * 16, 1);
  let number = 0;
  for (let bit = 0; bit < 24; bit++) if (data[(bit * 16 + 8) * 4] > 127) number |= 1 << bit;
  state.count.paints++;
  if (number !== state.count.last) state.count.distinct++;
  state.count.last = number;
}

const context = () => document.querySelector('#screen canvas').getContext('2d');

const url = new URLSearchParams(location.search).get('ws');
const rfb = new RFB(document.querySelector('#screen'), url);
rfb.addEventListener('connect', () => {
  state.connected = true;
});

globalThis.peer = {
  connected: () => state.connected && state.paints > 0,
  paints: () => state.paints,
  /** Begins to read the frames' numbers from the picture, or ends it with what was found. */
  count(on) {
    const found = state.count;
    state.count = on ? { paints: 0, distinct: 0, last: undefined } : undefined;
    return found;
  },
  /** Resolves with the time at which this pixel next changes, right after the paint. */
  probe(x, y) {
    return new Promise((resolve) => {
      state.watch = { x, y, from: read(context(), x, y), resolve };
    });
  },
};
