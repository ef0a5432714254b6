// The wallpaper: first light over the curve of a planet. Drawn, not loaded; still, because what lies
// behind the work should not move. Colours are in wallpaper.css.

import { For, type JSX } from 'solid-js';
import './wallpaper.css';

/** Where the sun stands, in the drawing's own 1600 × 1000 units. */
const sun = { x: 560, y: 830 };
const reach = 2000;

/** Rays: direction in degrees from straight up, width in degrees, strength. Uneven, as light is. */
const rays: readonly (readonly [number, number, number])[] = [
  [-74, 7, 0.3],
  [-57, 4, 0.5],
  [-43, 9, 0.35],
  [-27, 3, 0.6],
  [-15, 6, 0.45],
  [-2, 4, 0.75],
  [9, 9, 0.4],
  [24, 4, 0.7],
  [34, 7, 0.45],
  [48, 5, 0.6],
  [60, 10, 0.35],
  [74, 4, 0.4],
];

export function Wallpaper(): JSX.Element {
  return (
    <div class="wallpaper" aria-hidden="true">
      <svg viewBox="0 0 1600 1000" preserveAspectRatio="xMidYMax slice" aria-hidden="true">
        <defs>
          <radialGradient
            id="ray"
            gradientUnits="userSpaceOnUse"
            cx={sun.x}
            cy={sun.y}
            r={reach * 1.2}
          >
            <stop class="ray-near" offset="0" />
            <stop class="ray-middle" offset=".34" />
            <stop class="ray-far" offset="1" />
          </radialGradient>
          <radialGradient id="glow" gradientUnits="userSpaceOnUse" cx={sun.x} cy={sun.y} r="760">
            <stop class="glow-core" offset="0" />
            <stop class="glow-warm" offset=".16" />
            <stop class="glow-haze" offset=".5" />
            <stop class="glow-end" offset="1" />
          </radialGradient>
          <radialGradient id="rim" gradientUnits="userSpaceOnUse" cx={sun.x} cy={sun.y} r="900">
            <stop class="rim-near" offset="0" />
            <stop class="rim-warm" offset=".25" />
            <stop class="rim-far" offset="1" />
          </radialGradient>
          <linearGradient id="ground" x1="0" y1="0" x2="0" y2="1">
            <stop class="ground-top" offset="0" />
            <stop class="ground-bottom" offset=".14" />
          </linearGradient>
          <filter id="soft" x="-10%" y="-10%" width="120%" height="120%">
            <feGaussianBlur stdDeviation="11" />
          </filter>
          <filter id="softer" x="-20%" y="-40%" width="140%" height="180%">
            <feGaussianBlur stdDeviation="16" />
          </filter>
        </defs>
        <rect class="glow" width="1600" height="1000" fill="url(#glow)" />
        <g class="rays" filter="url(#soft)">
          <For each={rays}>
            {([angle, width, strength]) => (
              <path d={ray(angle, width)} fill="url(#ray)" opacity={strength} />
            )}
          </For>
        </g>
        <ellipse
          class="halo"
          cx="800"
          cy="1830"
          rx="2000"
          ry="1006"
          filter="url(#softer)"
          stroke="url(#rim)"
        />
        <ellipse cx="800" cy="1830" rx="2000" ry="1000" fill="url(#ground)" />
        <ellipse class="rim" cx="800" cy="1830" rx="2000" ry="1000" stroke="url(#rim)" />
      </svg>
      <div class="grain" />
    </div>
  );
}

function ray(angle: number, width: number): string {
  const point = (degrees: number) => {
    const radians = ((degrees - 90) * Math.PI) / 180;
    return `${(sun.x + reach * Math.cos(radians)).toFixed(1)} ${(sun.y + reach * Math.sin(radians)).toFixed(1)}`;
  };
  return `M${sun.x} ${sun.y}L${point(angle - width / 2)}L${point(angle + width / 2)}Z`;
}
