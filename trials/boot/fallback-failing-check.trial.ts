// A new version in which no guest can be started fails one of its checks, does not become golden by the
// deadline, three times; then the other version runs, becomes golden and says why.

import { tellFallback } from './fallback.ts';
import { failingCheck } from './faults.ts';

tellFallback('a failing check', failingCheck, /^BOOT_MARKER:CHECK:guest:bad$/);
