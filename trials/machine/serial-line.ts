// One line of a serial console, without the control sequences of terminals, and its marker if it has one.

export type SerialLine = {
  readonly text: string;
  /** `AREA:EVENT:args`, without the prefix. */
  readonly marker?: string;
};

/** CSI, OSC and two-character sequences (ECMA-48), and control characters that a terminal does not show. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const sequences = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_=>]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controls = /[\x00-\x08\x0b-\x1f\x7f]/g;
const markerForm = /\bRAYOS_([A-Z][A-Z0-9_]*:[A-Z][A-Z0-9_]*(?::\S*)?)/;

/** A marker counts wherever it stands in its line: the kernel and systemd put words of their own before it. */
export function asLine(raw: string): SerialLine {
  const text = raw.replace(sequences, '').replace(controls, '');
  const marker = markerForm.exec(text)?.[1];
  return marker === undefined ? { text } : { text, marker };
}
