// Secure Boot: the boot loader and each UKI are signed with a key that the caller has, and what a firmware in
// setup mode enrols lies beside the boot loader. RayOS has no key of its own to give out.

import { randomUUID, X509Certificate } from 'node:crypto';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { RayError } from '../../src/contracts/index.ts';
import type { Tools } from './tools.ts';

export type Signing = {
  /** Private key and X.509 certificate, in PEM. */
  readonly keyFile: string;
  readonly certificateFile: string;
  /** Whether a computer in setup mode takes the keys without a question; a virtual machine does in any case. */
  readonly enrols: boolean;
};

/** What a manifest says of the key that an image is signed with. */
export type Signed = {
  /** SHA-256 of the certificate (DER), as `openssl x509 -fingerprint -sha256` shows it. */
  readonly certificate: string;
  readonly enrols: boolean;
};

/** Reads the certificate. Throws NOT_ON_THIS_HOST when it or the key is not there, or is not one. */
export function signedBy({ keyFile, certificateFile, enrols }: Signing): Signed {
  for (const file of [keyFile, certificateFile])
    if (!statSync(file, { throwIfNoEntry: false })?.isFile())
      throw noKey(`there is no key or certificate at ${file}`);
  try {
    const { fingerprint256 } = new X509Certificate(readFileSync(certificateFile));
    return { certificate: fingerprint256, enrols };
  } catch (cause) {
    throw noKey(`${certificateFile} is no certificate`, cause);
  }
}

function noKey(what: string, cause?: unknown): RayError {
  const remedy =
    'Make them: openssl req -new -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=RayOS test" -keyout test.key -out test.crt';
  return new RayError('NOT_ON_THIS_HOST', what, { remedy }, cause);
}

/**
 * Copies of the keys in mkosi's folder, under the names by which it finds them, and what a firmware in setup mode
 * enrols; disposed of, the keys are gone.
 */
export async function stageSigning(
  work: string,
  signing: Signing | undefined,
  tools: Tools,
  signal?: AbortSignal,
): Promise<Disposable> {
  const copies = { key: join(work, 'mkosi.key'), certificate: join(work, 'mkosi.crt') };
  if (signing === undefined) return { [Symbol.dispose]: () => {} };
  const { keyFile, certificateFile, enrols } = signing;
  writeFileSync(copies.key, readFileSync(keyFile), { mode: 0o600 });
  copyFileSync(certificateFile, copies.certificate);
  appendFileSync(
    join(work, 'mkosi.local.conf'),
    '[Validation]\nSecureBoot=yes\nSecureBootAutoEnroll=no\n',
  );
  // Signing is a setting of each image; the keys are one for all.
  const recovery = join(work, 'mkosi.images/recovery/mkosi.conf.d/signed.conf');
  writeFileSync(recovery, '[Validation]\nSecureBoot=yes\n');
  const loader = join(work, 'mkosi.extra/efi/loader');
  mkdirSync(join(loader, 'keys/auto'), { recursive: true });
  if (enrols) appendFileSync(join(loader, 'loader.conf'), 'secure-boot-enroll force\n');
  const staged = { [Symbol.dispose]: () => rmSync(copies.key, { force: true }) };
  try {
    await signVariables(work, join(loader, 'keys/auto'), tools, signal);
  } catch (thrown) {
    staged[Symbol.dispose]();
    throw thrown;
  }
  return staged;
}

/**
 * The variables PK, KEK and db, each with the one certificate, signed as UEFI 2.10 (8.2.2) wants them: a bare
 * SignedData without attributes. What bootctl 257 and sbvarsign 0.9.4 make, OVMF 2022.11 refuses as a PK.
 */
async function signVariables(
  work: string,
  folder: string,
  tools: Tools,
  signal?: AbortSignal,
): Promise<void> {
  const list = join(work, 'mkosi.esl');
  const run = (...command: string[]) => tools.run(work, command, { signal });
  await run('cert-to-efi-sig-list', '-g', randomUUID(), 'mkosi.crt', list);
  for (const name of ['PK', 'KEK', 'db']) {
    const keys = ['-k', 'mkosi.key', '-c', 'mkosi.crt'];
    await run('sign-efi-sig-list', ...keys, name, list, join(folder, `${name}.auth`));
  }
  rmSync(list);
}
