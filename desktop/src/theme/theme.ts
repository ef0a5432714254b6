// Dark or light: the system's choice until a person makes another one.

import { createSignal } from 'solid-js';

export type Scheme = 'dark' | 'light';
const key = 'rayos.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

const [chosen, setChosen] = createSignal<Scheme | undefined>(remembered());
const [systemScheme, setSystemScheme] = createSignal<Scheme>(system.matches ? 'dark' : 'light');
system.addEventListener('change', () => setSystemScheme(system.matches ? 'dark' : 'light'));

/** The scheme that is shown now. */
export function scheme(): Scheme {
  return chosen() ?? systemScheme();
}

/** The other scheme. A choice that agrees with the system is no choice: it follows it again. */
export function toggleScheme(): void {
  const next = scheme() === 'dark' ? 'light' : 'dark';
  const choice = next === systemScheme() ? undefined : next;
  setChosen(choice);
  if (choice) localStorage.setItem(key, choice);
  else localStorage.removeItem(key);
  applyTheme();
}

/** Tells the style sheet. */
export function applyTheme(): void {
  const choice = chosen();
  if (choice) document.documentElement.dataset.theme = choice;
  else delete document.documentElement.dataset.theme;
}

function remembered(): Scheme | undefined {
  const value = localStorage.getItem(key);
  return value === 'dark' || value === 'light' ? value : undefined;
}
