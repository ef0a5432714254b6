// Firmware that drivers asked the kernel for and did not get, as the kernel's log tells it.

import { execFile } from 'node:child_process';

const maxOutputBytes = 4 * 1024 * 1024;
const limitMs = 10_000;
const maxFiles = 100;

/**
 * Names of firmware files that were not found, each once. -2 is ENOENT; other numbers are faults of reading.
 * Kernel 6.12, drivers/base/firmware_loader/main.c: "Direct firmware load for NAME failed with error -2";
 * Debian's kernel says "firmware: failed to load NAME (-2)" as well.
 */
export function missingFirmware(log: string): string[] {
  const patterns = [
    /Direct firmware load for (\S{1,200}) failed with error -2\b/g,
    /firmware: failed to load (\S{1,200}) \(-2\)/g,
  ];
  const found = patterns.flatMap((pattern) =>
    [...log.matchAll(pattern)].map(([, name = '']) => name),
  );
  return [...new Set(found)].sort().slice(0, maxFiles);
}

/** What this boot's kernel has said of firmware; undefined where this user may not read it. */
export function readKernelLog(signal?: AbortSignal): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const args = ['--dmesg', '--boot', '--output=cat', '--no-pager', '--grep=firmware'];
  const options = { maxBuffer: maxOutputBytes, timeout: limitMs, ...(signal && { signal }) };
  execFile('journalctl', args, options, (error, stdout, stderr) => {
    // Exit status 1 without a word of complaint: nothing was said of firmware.
    const isQuiet = error?.code === 1 && !/not seeing|permission|No journal files/i.test(stderr);
    resolve(error === null || isQuiet ? stdout : undefined);
  });
  return promise;
}
