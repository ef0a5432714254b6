// Physical keys: `KeyboardEvent.code` (W3C UI Events, code values) → QEMU's key number ("qnum"), which
// is the XT set 1 scan code, with bit 7 set where the key sends the prefix e0. Layouts are the guest's
// own matter: this says where a key is, not what is printed on it.

/** Rows of neighbouring keys: the scan code of the first, then the codes in order. */
const rows: readonly (readonly [first: number, codes: string])[] = [
  [
    0x01,
    'Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal',
  ],
  [
    0x0e,
    'Backspace Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight',
  ],
  [
    0x1c,
    'Enter ControlLeft KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote',
  ],
  [0x2a, 'ShiftLeft Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight'],
  [0x37, 'NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock'],
  [0x47, 'Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd'],
  [0x4f, 'Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal PrintScreen F16 IntlBackslash F11 F12'],
];

/** Keys apart from the rows, and what two platforms call by two names. */
const singles = {
  // Japanese, Korean and Brazilian keyboards. Lang3 and Lang4 are Katakana and Hiragana.
  NumpadEqual: 0x59,
  F20: 0x5a,
  F13: 0x5d,
  F14: 0x5e,
  F15: 0x5f,
  Open: 0x64,
  Paste: 0x65,
  F23: 0x6d,
  F24: 0x6f,
  KanaMode: 0x70,
  Lang2: 0x71,
  Lang1: 0x72,
  IntlRo: 0x73,
  F21: 0x74,
  Lang5: 0x76,
  Hiragana: 0x77,
  Lang4: 0x77,
  Katakana: 0x78,
  Lang3: 0x78,
  Convert: 0x79,
  NonConvert: 0x7b,
  IntlYen: 0x7d,
  NumpadComma: 0x7e,
} as const;

/** Keys that send e0 first. */
const extended = {
  F17: 0x03,
  F19: 0x04,
  Again: 0x05,
  Props: 0x06,
  Undo: 0x07,
  MediaTrackPrevious: 0x10,
  MediaTrackNext: 0x19,
  NumpadEnter: 0x1c,
  ControlRight: 0x1d,
  AudioVolumeMute: 0x20,
  VolumeMute: 0x20,
  LaunchApp2: 0x21,
  MediaPlayPause: 0x22,
  MediaStop: 0x24,
  Suspend: 0x25,
  AudioVolumeDown: 0x2e,
  VolumeDown: 0x2e,
  AudioVolumeUp: 0x30,
  VolumeUp: 0x30,
  BrowserHome: 0x32,
  NumpadDivide: 0x35,
  AltRight: 0x38,
  Cut: 0x3c,
  Find: 0x41,
  Pause: 0x46,
  Home: 0x47,
  ArrowUp: 0x48,
  PageUp: 0x49,
  ArrowLeft: 0x4b,
  ArrowRight: 0x4d,
  End: 0x4f,
  ArrowDown: 0x50,
  PageDown: 0x51,
  Insert: 0x52,
  Delete: 0x53,
  MetaLeft: 0x5b,
  OSLeft: 0x5b,
  MetaRight: 0x5c,
  OSRight: 0x5c,
  ContextMenu: 0x5d,
  Power: 0x5e,
  Sleep: 0x5f,
  WakeUp: 0x63,
  BrowserSearch: 0x65,
  BrowserFavorites: 0x66,
  BrowserRefresh: 0x67,
  BrowserStop: 0x68,
  BrowserForward: 0x69,
  BrowserBack: 0x6a,
  LaunchApp1: 0x6b,
  LaunchMail: 0x6c,
  MediaSelect: 0x6d,
  Help: 0x75,
  NumpadParenLeft: 0x76,
  F18: 0x77,
  Copy: 0x78,
  F22: 0x79,
  NumpadParenRight: 0x7b,
  Eject: 0x7d,
} as const;

/** QEMU's key number by `KeyboardEvent.code`. */
export const keymap: ReadonlyMap<string, number> = new Map<string, number>([
  ...rows.flatMap(([first, codes]) =>
    codes.split(' ').map((code, i): [string, number] => [code, first + i]),
  ),
  ...Object.entries(singles),
  ...Object.entries(extended).map(([code, scan]): [string, number] => [code, scan | 0x80]),
]);

/** QEMU's key number of a physical key; undefined for a key that a PC keyboard does not have. */
export function qnumOf(code: string): number | undefined {
  return keymap.get(code);
}
