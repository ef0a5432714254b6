// Loads RayOS's own sources as they lie here: their types were stripped when the image was built, and Node
// would otherwise load its compiler to find none. Given to every Node of RayOS by NODE_OPTIONS.

import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const own = new URL('./', import.meta.url).href;

registerHooks({
  load(url, context, next) {
    if (!url.startsWith(own) || !url.endsWith('.ts')) return next(url, context);
    return { format: 'module', source: readFileSync(fileURLToPath(url)), shortCircuit: true };
  },
});
