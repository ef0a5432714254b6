// How the compositor and the browser in it are started. Cage shows one program over all screens and keeps no
// key but Ctrl+Alt+F1 … F12; a browser that shows one page as an application gives the page every key first.

import { existsSync } from 'node:fs';

/** The browser itself, not Debian's script around it: the script is for desktops of their own. */
const browsers = ['/usr/lib/chromium/chromium', '/usr/bin/chromium'];

/** The browser's program; undefined where there is none. */
export function findKioskBrowser(places = browsers): string | undefined {
  return places.find((path) => existsSync(path));
}

export type Showing = {
  /** Cage's program. */
  readonly compositor: string;
  readonly browser: string;
  /** The page's address, without a login in it: every user of a machine sees command lines. */
  readonly address: string;
  /** An empty folder of its own, on a tmpfs. */
  readonly profile: string;
  /** Drawn by the processor alone. */
  readonly isSoftware: boolean;
};

/** Arguments of the compositor. The browser takes its orders from descriptor 3 and answers on 4. */
export function compositorArguments({
  browser,
  address,
  profile,
  isSoftware,
}: Omit<Showing, 'compositor'>): string[] {
  return [
    ...['-s', '-m', 'extend', '--', browser],
    ...['--kiosk', `--app=${address}`, `--user-data-dir=${profile}`, '--remote-debugging-pipe'],
    ...['--ozone-platform=wayland', '--no-first-run', '--no-default-browser-check'],
    ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ...['--disable-extensions', '--disable-breakpad', '--disable-crash-reporter', '--noerrdialogs'],
    // Without a session bus it complains of that every second.
    ...[
      '--log-level=3',
      '--hide-crash-restore-bubble',
      '--password-store=basic',
      '--disable-pinch',
    ],
    ...['--overscroll-history-navigation=0', '--autoplay-policy=no-user-gesture-required'],
    ...['--disable-features=Translate,MediaRouter,OptimizationHints,DialMediaRouteProvider'],
    // What moves by itself would keep a processor busy.
    ...(isSoftware ? ['--disable-gpu', '--force-prefers-reduced-motion'] : []),
  ];
}

/** Their environment: nothing of ours but what they need. */
export function compositorEnvironment(
  { isSoftware }: Pick<Showing, 'isSoftware'>,
  own: NodeJS.ProcessEnv,
): NodeJS.ProcessEnv {
  const layout = Object.entries(own).filter(([name]) => name.startsWith('XKB_DEFAULT_'));
  return {
    PATH: '/usr/bin:/bin',
    HOME: own.XDG_RUNTIME_DIR,
    XDG_RUNTIME_DIR: own.XDG_RUNTIME_DIR,
    LANG: 'C.UTF-8',
    LIBSEAT_BACKEND: 'seatd',
    // There is no bus for this user, and none is looked for.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/dev/null',
    ...(isSoftware ? { WLR_RENDERER: 'pixman' } : {}),
    ...Object.fromEntries(layout),
  };
}
