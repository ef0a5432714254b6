// What a person chose for the desktop. RayOS keeps it; this browser keeps a copy, so that the first
// paint looks right already and a RayOS without settings loses nothing but the other browsers.

import { createSignal } from 'solid-js';
import { defaultSettings, type Settings } from '../../../src/contracts/index.ts';
import { callCommand } from '../api/client.ts';
import { parseSettings } from './parse.ts';

export type Scheme = 'dark' | 'light';

const key = 'rayos.settings';
const darkWanted = matchMedia('(prefers-color-scheme: dark)');
const [settings, setSettings] = createSignal<Settings>(remembered());
const [systemScheme, setSystemScheme] = createSignal<Scheme>(darkWanted.matches ? 'dark' : 'light');
darkWanted.addEventListener('change', () => setSystemScheme(darkWanted.matches ? 'dark' : 'light'));

/** The settings as they are now. */
export { settings };

/** The scheme that is shown now. */
export function scheme(): Scheme {
  const { scheme } = settings();
  return scheme === 'system' ? systemScheme() : scheme;
}

/** The scale of text and controls. */
export const textScale = () => settings().textScale;

/** Takes over what RayOS has kept. An older RayOS keeps none: this browser's copy then stands. */
export async function loadSettings(): Promise<void> {
  const answer = await callCommand('settings.show', {});
  if ('result' in answer) adopt(answer.result);
}

/** Applies a change at once and has RayOS keep it; undefined, or why it is kept in this browser alone. */
export async function changeSettings(change: Partial<Settings>): Promise<string | undefined> {
  adopt({ ...settings(), ...change });
  const answer = await callCommand('settings.set', change);
  if ('result' in answer) {
    adopt(answer.result);
    return undefined;
  }
  return answer.error.message;
}

/** The other scheme. A choice that agrees with the system is no choice: it follows it again. */
export function toggleScheme(): void {
  const next = scheme() === 'dark' ? 'light' : 'dark';
  void changeSettings({ scheme: next === systemScheme() ? 'system' : next });
}

/** Tells the style sheets. */
export function applySettings(): void {
  const { scheme, motion, textScale } = settings();
  const root = document.documentElement;
  if (scheme === 'system') delete root.dataset.theme;
  else root.dataset.theme = scheme;
  if (motion === 'system') delete root.dataset.motion;
  else root.dataset.motion = motion;
  root.style.setProperty('--scale', String(textScale));
}

function adopt(next: Settings): void {
  setSettings(next);
  applySettings();
  try {
    localStorage.setItem(key, JSON.stringify(next));
  } catch {
    // A full or forbidden store: RayOS itself still keeps it.
  }
}

function remembered(): Settings {
  try {
    return parseSettings(JSON.parse(localStorage.getItem(key) ?? '{}'));
  } catch {
    return defaultSettings;
  }
}
