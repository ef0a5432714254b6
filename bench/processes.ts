// Processor time and memory of processes, from /proc.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export type Process = { readonly pid: number; readonly parent: number; readonly cpuMs: number };

const ticksASecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Reads a line of /proc/PID/stat. The program's name is in brackets and may hold anything. */
export function readStat(line: string): Process | undefined {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [, parent, , , , , , , , , , user, system] = fields.map(Number);
  if (parent === undefined || user === undefined || system === undefined) return undefined;
  return {
    pid: Number.parseInt(line, 10),
    parent,
    cpuMs: ((user + system) * 1000) / ticksASecond,
  };
}

function all(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readStat(textOf(`/proc/${pid}/stat`)) ?? []);
}

/** The process and everything below it. */
export function tree(root: number, processes: readonly Process[] = all()): Process[] {
  const found = processes.filter(({ pid }) => pid === root);
  for (let i = 0; i < found.length; i++)
    found.push(...processes.filter(({ parent }) => parent === found[i]?.pid));
  return found;
}

/** Processor time that these processes took since the call; processes that came later count in full. */
export function stopwatch(processes: () => readonly Process[]): () => number {
  const before = new Map(processes().map(({ pid, cpuMs }) => [pid, cpuMs]));
  return () => processes().reduce((sum, { pid, cpuMs }) => sum + cpuMs - (before.get(pid) ?? 0), 0);
}

/** The one process. */
export const one = (pid: number) => () => tree(pid).slice(0, 1);

/** The browser that uses this profile, with its renderers. */
export function browserOf(profile: string): () => Process[] {
  const root = all().find(({ pid }) => {
    const words = textOf(`/proc/${pid}/cmdline`).split('\0');
    return (
      words.includes(`--user-data-dir=${profile}`) &&
      !words.some((word) => word.startsWith('--type='))
    );
  });
  if (!root) throw new Error(`no browser uses ${profile}`);
  return () => tree(root.pid);
}

/** Resident memory in MiB. */
export function residentMiB(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`)) ?? [];
  return Number(kilobytes) / 1024;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // it has ended meanwhile
  }
}
