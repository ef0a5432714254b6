// The UKI of the only version is an empty file after a good boot: the loader cannot start it, and the
// firmware's next entry is recovery, which says that the system is broken.

import { tellBrokenUki } from './broken-uki.ts';

tellBrokenUki('empty', 0);
