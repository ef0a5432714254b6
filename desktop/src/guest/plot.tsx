// A line over time. Its numbers are said in words as well: now, and the most.

import type { JSX } from 'solid-js';
import { spell } from '../guests/words.ts';
import { linePath } from './plot-path.ts';

type Props = {
  readonly label: string;
  /** Oldest first. */
  readonly values: readonly number[];
  readonly everyMs: number;
  readonly say: (value: number) => string;
  /** The scale's end while nothing is larger: a quiet guest shows a quiet line. */
  readonly least: number;
};

const width = 240;
const height = 64;

export function Plot(props: Props): JSX.Element {
  const most = () => Math.max(0, ...props.values);
  const now = () => props.values.at(-1) ?? 0;
  const path = () => linePath(props.values, Math.max(most(), props.least), width, height);
  const words = () =>
    `${props.label}: ${props.say(now())} now, at most ${props.say(most())} in the last ${spell(props.values.length * props.everyMs)}`;
  return (
    <figure class="plot">
      <figcaption>
        <span>{props.label}</span>
        <strong>{props.say(now())}</strong>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={words()}
        preserveAspectRatio="none"
      >
        <path class="plot-area" d={path() && `${path()}L${width} ${height}L0 ${height}Z`} />
        <path class="plot-line" d={path()} vector-effect="non-scaling-stroke" />
      </svg>
      <p class="plot-most">at most {props.say(most())}</p>
    </figure>
  );
}
