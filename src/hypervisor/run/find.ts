// QEMUs that run without anybody knowing of them: rayosd may die between starting one and noting it down.

import { readdirSync, readFileSync } from 'node:fs';
import { holdProcess, startTimeOf } from '../ffi/process.ts';

/** The QEMU that runs the machine with this uuid; undefined when there is none. */
export function findQemu(
  uuid: string,
): { readonly pid: number; readonly startTime: number } | undefined {
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const pid = Number(name);
    if (!argumentsOf(pid).join(' ').includes(`-uuid ${uuid}`)) continue;
    const startTime = startTimeOf(pid);
    if (startTime !== undefined) return { pid, startTime };
  }
  return undefined;
}

/** SIGKILL to exactly this process, and its end awaited. False when it was gone already. */
export async function killProcess(pid: number, startTime: number): Promise<boolean> {
  const held = holdProcess(pid, startTime);
  if (held === undefined) return false;
  held.kill();
  await held.ended;
  return true;
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has ended meanwhile
  }
}
