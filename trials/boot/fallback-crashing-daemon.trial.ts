// A new version whose rayosd crashes as often as it is started does not become golden by the deadline, three
// times; then the other version runs, becomes golden and says why.

import { tellFallback } from './fallback.ts';
import { crashingDaemon } from './faults.ts';

tellFallback('rayosd crashes', crashingDaemon);
