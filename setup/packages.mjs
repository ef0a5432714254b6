// What RayOS needs from the distribution. The one table: for Debian with the names that apt installs,
// for others with the names as well as they are known here.
// @ts-check

const forMachines = [
  'qemu-system-x86',
  'qemu-utils',
  'ovmf',
  // Machines with 64-bit ARM processors, for the image that is built for them.
  'qemu-system-arm',
  'qemu-efi-aarch64',
];
/** The trials of whole machines: disks are made and read without being mounted; a TPM in software. */
const forTrials = ['btrfs-progs', 'dosfstools', 'fdisk', 'mtools', 'openssl', 'swtpm'];
const forDesktop = ['chromium', 'fonts-dejavu-core', 'fonts-inter'];
/** What guest-images/ fetches, unpacks and installs Debian packages with. */
const forGuestImages = ['apt', 'dpkg', 'mmdebstrap', 'e2fsprogs', 'uidmap'];
/** What image/ needs besides: git knows the date of the last commit. */
const forImage = ['git'];

const everywhereOnDebian = [
  ...forMachines,
  ...forTrials,
  ...forDesktop,
  ...forImage,
  ...forGuestImages,
];

const image = [...forImage, ...forGuestImages, 'qemu-utils'];

/** What the programs of run.mjs need of them. */
export const packagesFor = {
  image,
  machines: forMachines,
  trials: [...new Set([...image, ...forMachines, ...forTrials])],
};

/**
 * Packages by Debian's version; the D-Bus display is in another package of each. Networks and shared folders
 * are carried by passt and virtiofsd, which Debian 12 has no virtiofsd of its own for (the old one is a part
 * of QEMU there).
 */
export const debianPackages = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  12: [...everywhereOnDebian, 'qemu-system-common', 'passt'],
  13: [...everywhereOnDebian, 'qemu-system-modules-opengl', 'passt', 'virtiofsd'],
});

/** The programs that show, on another distribution, that everything is there already; by Debian's package. */
export const neededPrograms = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  'qemu-system-x86': ['qemu-system-x86_64'],
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  'qemu-utils': ['qemu-img'],
  apt: ['apt-get'],
  dpkg: ['dpkg-deb'],
  mmdebstrap: ['mmdebstrap'],
});

const newestDebian = /** @type {readonly string[]} */ (debianPackages[13]).join(' ');

/** The command that installs them elsewhere, by ID or ID_LIKE of os-release. */
const commandsElsewhere = /** @type {Readonly<Record<string, string>>} */ ({
  debian: `apt-get install --no-install-recommends ${newestDebian}`,
  ubuntu: `apt-get install --no-install-recommends ${newestDebian.replace('chromium', 'chromium-browser')}`,
  fedora:
    'dnf install qemu-system-x86-core qemu-img qemu-ui-dbus edk2-ovmf chromium dejavu-sans-fonts apt dpkg mmdebstrap e2fsprogs',
  arch: 'pacman -S --needed qemu-system-x86 qemu-img qemu-ui-dbus edk2-ovmf chromium ttf-dejavu apt dpkg mmdebstrap e2fsprogs',
  opensuse:
    'zypper install qemu-x86 qemu-tools qemu-ui-dbus qemu-ovmf-x86_64 chromium dejavu-fonts apt dpkg mmdebstrap e2fsprogs',
  suse: 'zypper install qemu-x86 qemu-tools qemu-ui-dbus qemu-ovmf-x86_64 chromium dejavu-fonts apt dpkg mmdebstrap e2fsprogs',
});

/**
 * The install command for a distribution that setup does not install on by itself.
 * @param {import('./distribution.mjs').Distribution} distribution
 * @returns {string | undefined}
 */
export function commandElsewhere({ id, like }) {
  const known = [id, ...like].find((name) => Object.hasOwn(commandsElsewhere, name));
  return known === undefined ? undefined : commandsElsewhere[known];
}
