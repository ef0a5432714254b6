// A new version whose kernel panics at every boot is tried three times; then the other version runs, becomes
// golden and says why.

import { tellFallback } from './fallback.ts';
import { kernelPanic } from './faults.ts';

tellFallback('kernel panic', kernelPanic);
