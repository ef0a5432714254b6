// What was asked for before, newest first, in this browser. What people type into guests is not kept.

const key = 'rayos.intents';
const mostKept = 50;

export function readHistory(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}

export function addToHistory(text: string): void {
  try {
    const kept = [text, ...readHistory().filter((one) => one !== text)];
    localStorage.setItem(key, JSON.stringify(kept.slice(0, mostKept)));
  } catch {
    // A full or forbidden store costs the history, nothing else.
  }
}
