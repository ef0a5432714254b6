// Whom others who look at the same guest see typing.

const key = 'rayos.name';

/** The name that was chosen in this browser, or else what kind of machine it is on. */
export function personName(): string {
  const chosen = localStorage.getItem(key)?.trim().slice(0, 80);
  return chosen ? chosen : `someone on ${navigator.platform || 'another machine'}`.slice(0, 80);
}

/** From the next connection on; an empty one is forgotten. */
export function setPersonName(name: string): void {
  if (name.trim() === '') localStorage.removeItem(key);
  else localStorage.setItem(key, name.trim().slice(0, 80));
}
