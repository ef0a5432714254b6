// What a machine is told from outside, as strings of SMBIOS type 11 (systemd.system-credentials(7),
// systemd-stub(7)): units and settings of a test get into an image without the image being made anew.

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._@:~-]*$/;
const plainForm = /^[\x20-\x7e]*$/;

/** A credential, as it is read in $CREDENTIALS_DIRECTORY. */
export function credential(name: string, value: string | Uint8Array): string {
  if (!nameForm.test(name)) throw new Error(`${JSON.stringify(name)} names no credential`);
  if (typeof value === 'string' && plainForm.test(value))
    return `io.systemd.credential:${name}=${value}`;
  return `io.systemd.credential.binary:${name}=${Buffer.from(value).toString('base64')}`;
}

/** A unit that systemd (256 and newer) finds as if it were a file of the image. */
export function extraUnit(unit: string, content: string): string {
  return credential(`systemd.extra-unit.${unit}`, content);
}

/** A drop-in of a unit: `name` without `.conf`. */
export function unitDropIn(unit: string, name: string, content: string): string {
  return credential(`systemd.unit-dropin.${unit}~${name}`, content);
}

/** Added to the kernel's command line by systemd-stub, where Secure Boot is off. */
export function extraCommandLine(words: string): string {
  if (!plainForm.test(words)) throw new Error('a kernel command line is one line of plain text');
  return `io.systemd.stub.kernel-cmdline-extra=${words}`;
}
