// Processor and memory, from /proc.

import type { KernelTree } from './tree.ts';

export type Processor = {
  readonly model: string;
  readonly threads: number;
  readonly virtualization: 'vmx' | 'svm' | 'none';
  readonly isVirtual: boolean;
};

/** Reads /proc/cpuinfo of x86 and of 64-bit Arm, which names no model. */
export function parseCpuInfo(text: string): Processor {
  const value = (name: string) => new RegExp(`^${name}\\s*: (.+)$`, 'm').exec(text)?.[1]?.trim();
  const flags = new Set((value('flags') ?? '').split(/\s+/));
  const virtualization = (['vmx', 'svm'] as const).find((flag) => flags.has(flag)) ?? 'none';
  const arm = value('CPU implementer');
  return {
    model: value('model name') ?? (arm ? `Arm (implementer ${arm})` : 'unknown'),
    threads: [...text.matchAll(/^processor\s*: \d+$/gm)].length,
    virtualization,
    isVirtual: flags.has('hypervisor'),
  };
}

/** `MemTotal` of /proc/meminfo, in bytes; 0 when it is not told. */
export function parseMemTotal(text: string): number {
  const kib = Number(/^MemTotal:\s+(\d{1,15}) kB$/m.exec(text)?.[1] ?? 0);
  return kib * 1024;
}

export async function readProcessor(tree: KernelTree): Promise<Processor> {
  return parseCpuInfo((await tree.text('proc/cpuinfo')) ?? '');
}
