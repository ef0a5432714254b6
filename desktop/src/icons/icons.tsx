// The desktop's icons: strokes on a grid of 24, drawn in the colour of the text around them.

import type { JSX } from 'solid-js';

const paths = {
  ask: 'M12 3v3M5.6 5.6l2.2 2.2M18.4 5.6l-2.2 2.2M5 17a7 7 0 0 1 14 0M3 21h18',
  close: 'M6 6l12 12M18 6L6 18',
  hide: 'M5 12h14',
  maximize: 'M5 5h14v14H5z',
  restore: 'M8 8V4.5h11.5V16H16M4.5 8H16v11.5H4.5z',
  info: 'M12 11v6M12 7.5v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  leave: 'M14 4.5h4.5v15H14M10.5 8L6 12l4.5 4M6.5 12H15',
  keys: 'M3 6.5h18v11H3zM6.5 10h.1M10 10h.1M13.7 10h.1M17.3 10h.1M8 14h8',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  more: 'M6 14.5l6-6 6 6',
  play: 'M8 5.5l10 6.5-10 6.5z',
  stop: 'M7 7h10v10H7z',
  bolt: 'M13 3L5.5 13.5H11L10 21l8-11h-5.5z',
  camera: 'M4 7.5h4l1.5-2.5h5L16 7.5h4v11H4zM12 9.5a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8z',
  show: 'M3.5 5.5h17v11h-17zM8.5 20h7M12 16.5V20',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  warning: 'M12 4l9 16H3zM12 10v4.5M12 17.2v.1',
  enter: 'M19 6v6.5H6M10 8l-4.5 4.5L10 17',
  minimize: 'M5 18h14',
  down: 'M7 10l5 5 5-5',
  back: 'M14.5 5.5L8 12l6.5 6.5',
  tile: 'M4 5h7v14H4zM13 5h7v6h-7zM13 13h7v6h-7z',
  windows: 'M8 4h12v9H8zM4 9v11h12v-4',
  left: 'M4 5h16v14H4zM12 5v14',
  bell: 'M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5zM10 20.5h4',
  quiet: 'M6.5 16.5V11a5.5 5.5 0 0 1 8-4.9M17.5 11v5.5l1.5 1.5H5M10 20.5h4M4 4l16 16',
  settings: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4',
  help: 'M9 9.2a3 3 0 1 1 4.4 2.7c-.9.5-1.4 1-1.4 2.1M12 17.2v.1M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
  plus: 'M12 5v14M5 12h14',
  pause: 'M8 6v12M16 6v12',
  sleep: 'M19 14A8 8 0 0 1 10 5a8 8 0 1 0 9 9zM14 4h5l-5 5h5',
  snapshot: 'M12 7v5l3.5 2M4 5v5h5M4.6 15a8 8 0 1 0 .3-7L4 10',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  mute: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5l5 5M21 9.5l-5 5',
  copy: 'M8 8h12v12H8zM16 8V4H4v12h4',
  folder: 'M3.5 6.5h6l2 2.5h9v10h-17z',
  network: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3.5 12h17M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18',
  disk: 'M5 5h14v14H5zM12 8.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 17h8',
  chip: 'M7 7h10v10H7zM10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5M3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5',
  chart: 'M4 4v16h16M7.5 15l3.5-4 3 2.5L19 8',
  log: 'M6 3.5h9l3.5 3.5v13.5H6zM9 11h6M9 14.5h6',
  terminal: 'M3.5 5h17v14h-17zM7 9l3 3-3 3M12.5 15H17',
  trash: 'M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10.5 10.5v6M13.5 10.5v6',
  pencil: 'M4.5 19.5l1-4L16 5l3 3L8.5 18.5zM14 7l3 3',
  search: 'M10.5 4.5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zM15 15l5 5',
  upload: 'M12 16V5M7.5 9.5L12 5l4.5 4.5M5 19.5h14',
  fit: 'M4 9V5h4M20 9V5h-4M4 15v4h4M20 15v4h-4M9 9h6v6H9z',
} as const;

export type IconName = keyof typeof paths;

/** A decorative icon; what it stands for is said by the control that it is in. */
export function Icon(props: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[props.name]} />
    </svg>
  );
}

/** RayOS's mark: the sun over the horizon. */
export function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <g class="mark-rays">
        <path d="M16 4v4.5M7.2 7.6l3.2 3.2M24.8 7.6l-3.2 3.2M2.8 16.4h3.6M29.2 16.4h-3.6" />
      </g>
      <path class="mark-sun" d="M8 22a8 8 0 0 1 16 0z" />
      <path class="mark-horizon" d="M3.5 26.5h25" />
    </svg>
  );
}
