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
