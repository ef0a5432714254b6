// What RayOS needs from the distribution. The one table: for Debian with the names that apt installs,
// for others with the names as well as they are known here.
// @ts-check

const everywhereOnDebian = ['qemu-system-x86', 'chromium', 'fonts-dejavu-core', 'fonts-inter'];
/** What guest-images/ fetches and unpacks Debian packages with. */
const forGuestImages = ['apt', 'dpkg'];

/** Packages by Debian's version; the D-Bus display is in another package of each. */
export const debianPackages = /** @type {Readonly<Record<string, readonly string[]>>} */ ({
  12: [...everywhereOnDebian, 'qemu-system-common', ...forGuestImages],
  13: [...everywhereOnDebian, 'qemu-system-modules-opengl', ...forGuestImages],
});

/** The programs that show, on another distribution, that everything is there already. */
export const neededPrograms = /** @type {readonly (readonly string[])[]} */ ([
  ['qemu-system-x86_64'],
  ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  ['apt-get'],
  ['dpkg-deb'],
]);

const newestDebian = /** @type {readonly string[]} */ (debianPackages[13]).join(' ');

/** The command that installs them elsewhere, by ID or ID_LIKE of os-release. */
const commandsElsewhere = /** @type {Readonly<Record<string, string>>} */ ({
  debian: `apt-get install --no-install-recommends ${newestDebian}`,
  ubuntu: `apt-get install --no-install-recommends ${newestDebian.replace('chromium', 'chromium-browser')}`,
  fedora: 'dnf install qemu-system-x86-core qemu-ui-dbus chromium dejavu-sans-fonts apt dpkg',
  arch: 'pacman -S --needed qemu-system-x86 qemu-ui-dbus chromium ttf-dejavu apt dpkg',
  opensuse: 'zypper install qemu-x86 qemu-ui-dbus chromium dejavu-fonts apt dpkg',
  suse: 'zypper install qemu-x86 qemu-ui-dbus chromium dejavu-fonts apt dpkg',
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
