// What takes the room in an image: each file that is in it, as the build's own list has it, by the part that it
// belongs to. A part is named by what a person would leave out or take in.

/** Parts of the system, in the order in which they are shown; `path` is without the first `/`. */
const parts: readonly (readonly [name: string, path: RegExp])[] = [
  ['linux-desktop guest', /^usr\/share\/rayos\/guest-images\/linux-desktop\./],
  ['rescue-desktop guest', /^usr\/share\/rayos\/guest-images\//],
  ['Node', /^usr\/lib\/rayos\/node_modules\/node-linux-/],
  ['npm packages', /^usr\/lib\/rayos\/node_modules\//],
  ['RayOS', /^usr\/(lib|share)\/rayos\//],
  ['kernel and its modules', /^(boot|usr\/lib\/modules)\//],
  ['firmware and microcode', /^usr\/lib\/firmware\//],
  [
    'QEMU, guest firmware, TPM',
    /^usr\/(share\/(qemu|seabios|OVMF|ovmf|vgabios|ipxe)\/|lib\/ipxe\/|bin\/(qemu-|swtpm|passt|pasta)|libexec\/virtiofsd|lib\/[^/]+\/(qemu|swtpm)\/|lib\/[^/]+\/(libcapstone|libtpms|libvirgl|libbrlapi|libspice|libusbredir)|lib\/qemu\/)/,
  ],
  [
    'graphics and display',
    /^usr\/(lib\/chromium\/|lib\/[^/]+\/(libLLVM|libgallium|libz3|dri\/|gbm\/|libwlroots|libgtk|libav|libx26|libcodec2|libvulkan)|share\/(vulkan|fonts|icons|X11|libinput|cage|drirc|glvnd|mesa)\/|bin\/(cage|chromium|labwc))/,
  ],
  [
    'systemd',
    /^usr\/(lib\/systemd\/|lib\/udev\/|lib\/[^/]+\/(systemd\/|libsystemd)|bin\/(systemd|journalctl|udevadm|bootctl))/,
  ],
  ['licences of packages', /^usr\/share\/doc\//],
];
const rest = 'Debian base and libraries';

/** Bytes by part, the largest first. `list`: lines of size, blank, path, as find -printf '%s %P\n' writes them. */
export function partsOf(list: string): Record<string, number> {
  const sizes = new Map<string, number>();
  for (const line of list.split('\n')) {
    const [, size = '', path = ''] = /^(\d+) (.+)$/.exec(line) ?? [];
    // These are partitions of their own.
    if (path === '' || /^(efi|var|proc|sys|dev|run|tmp)\//.test(path)) continue;
    const part = parts.find(([, form]) => form.test(path))?.[0] ?? rest;
    sizes.set(part, (sizes.get(part) ?? 0) + Number(size));
  }
  return Object.fromEntries([...sizes].sort(([, a], [, b]) => b - a));
}

/** The table that a build prints. */
export function partsTable(sizes: Readonly<Record<string, number>>, packedBytes: number): string {
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0).padStart(6);
  const rows = Object.entries(sizes).map(([part, bytes]) => `${mb(bytes)} MB  ${part}`);
  const sum = Object.values(sizes).reduce((a, b) => a + b, 0);
  return [...rows, `${mb(sum)} MB  together; ${(packedBytes / 1e6).toFixed(0)} MB as packed`].join(
    '\n',
  );
}
