// A TPM 2.0 in software (swtpm), a process of its own beside QEMU, while the machine is on. What it keeps
// lies in `stateFolder`.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { type OwnedChild, own, sleep } from '../../src/foundation/index.ts';
import { tied } from './tied.ts';

const startLimitMs = 20_000;

/** Starts it; QEMU may connect to `socket` when this has resolved. */
export async function startTpm(stateFolder: string, socket: string): Promise<OwnedChild> {
  mkdirSync(stateFolder, { recursive: true });
  rmSync(socket, { force: true });
  const args = ['socket', '--tpm2', '--tpmstate', `dir=${stateFolder}`];
  const control = [
    '--ctrl',
    `type=unixio,path=${socket}`,
    '--flags',
    'not-need-init,startup-clear',
  ];
  const [program, tiedArgs] = tied('swtpm', [...args, ...control, '--terminate']);
  const child = own(spawn(program, tiedArgs, { stdio: 'ignore' }));
  let isGone = false;
  void child.exited.then(() => {
    isGone = true;
  });
  const deadline = performance.now() + startLimitMs;
  while (!existsSync(socket)) {
    if (isGone) throw new Error('swtpm ended as soon as it was started; is it installed?');
    if (performance.now() > deadline) {
      await child.stop();
      throw new Error('swtpm does not listen');
    }
    await sleep(20);
  }
  return child;
}
