// A new version whose PID 1 stands still is reset by the watchdog device three times; then the other version
// runs, becomes golden and says why.

import { tellFallback } from './fallback.ts';
import { hungInit } from './faults.ts';

tellFallback('hung init', hungInit);
