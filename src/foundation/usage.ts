// What a program of the project says when it is asked for help, or not understood.

import { exitCodes } from '../contracts/index.ts';

/** Says how a program is used, on the stream that fits, and gives the exit status. */
export function sayUsage(usage: string, isAskedFor: boolean): number {
  process[isAskedFor ? 'stdout' : 'stderr'].write(usage);
  return isAskedFor ? exitCodes.done : exitCodes.usage;
}
