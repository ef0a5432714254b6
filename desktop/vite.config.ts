// Builds the web desktop into desktop/dist: one page, one style sheet, one worker, no inline code, so
// that it runs under the strict Content-Security-Policy that rayosd sends.

import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

export default defineConfig({
  plugins: [solid()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // light-dark(), :has() and module workers everywhere: nothing is rewritten for older browsers.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    // Assets stay files: `default-src 'none'` names every source, and files cache.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // The contracts only declare: what a bundle does not use of them is left out of it.
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/contracts/') },
    },
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => !id.includes('/src/contracts/') },
    },
  },
});
