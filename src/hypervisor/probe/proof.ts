// Runs the proof guest: an accelerator is believed in only after it has computed something.

import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionList } from '../machine/escape.ts';
import { doneStatus, proofAnswer, proofRom } from './rom.ts';
import { type RunAs, runTool } from './tool.ts';

export type Proof =
  | { readonly works: true; readonly ms: number }
  | { readonly works: false; readonly why: string };

const limitMs = { kvm: 5000, tcg: 20_000 } as const;

/** Whether a guest computes rightly with this accelerator. Throws CANCELLED only. */
export async function proveAccelerator(
  binary: string,
  accelerator: 'kvm' | 'tcg',
  runAs: RunAs,
): Promise<Proof> {
  const seed = randomBytes(8).readBigUInt64LE();
  const folder = mkdtempSync(join(tmpdir(), 'rayos-proof-'));
  try {
    // The user that QEMU runs as has to read it.
    chmodSync(folder, 0o755);
    const rom = join(folder, 'proof.rom');
    writeFileSync(rom, proofRom(seed), { mode: 0o644 });
    const start = performance.now();
    const result = await runTool(
      binary,
      argumentsOf(rom, accelerator),
      runAs,
      limitMs[accelerator],
    );
    const ms = performance.now() - start;
    if (result.code !== doneStatus)
      return { works: false, why: lastLine(result.stderr, result.code) };
    const isRight =
      result.stdout.length === 8 && result.stdout.readBigUInt64LE() === proofAnswer(seed);
    return isRight ? { works: true, ms } : { works: false, why: 'it computed a wrong checksum' };
  } catch (thrown) {
    if (runAs.signal?.aborted) throw thrown;
    return { works: false, why: thrown instanceof Error ? thrown.message : String(thrown) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function argumentsOf(rom: string, accelerator: 'kvm' | 'tcg'): string[] {
  return [
    ...['-no-user-config', '-nodefaults', '-no-reboot', '-display', 'none', '-vga', 'none'],
    ...['-machine', 'q35', '-accel', accelerator, '-cpu', 'max', '-smp', '1', '-m', '32'],
    ...['-bios', rom],
    ...['-chardev', optionList({ id: 'answer', signal: false }, 'stdio')],
    ...['-device', 'isa-debugcon,iobase=0xe9,chardev=answer'],
    ...['-device', 'isa-debug-exit,iobase=0xf4,iosize=4'],
    ...['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
  ];
}

function lastLine(stderr: string, code: number | null): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const words = lines.at(-1)?.replace(/^\S*qemu-system-x86_64: (-accel \S+: )?/, '');
  return words ?? `it ended with status ${code}`;
}
