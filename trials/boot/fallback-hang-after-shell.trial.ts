// A new version that reaches SHELL and then stands still does not become golden by the deadline, three times;
// then the other version runs, becomes golden and says why.

import { tellFallback } from './fallback.ts';
import { hangAfterShell } from './faults.ts';

tellFallback('a hang after SHELL', hangAfterShell);
