// One-time tokens as people hand them over: in the page's fragment, as a pasted address, or bare.

/** The token in an address's fragment (`#token=…`); undefined if there is none. */
export function tokenInFragment(hash: string): string | undefined {
  const token = new URLSearchParams(hash.replace(/^#/, '')).get('token')?.trim();
  return token ? token : undefined;
}

/** The token in what a person pasted: the whole address, its fragment, or the token alone. */
export function tokenInText(text: string): string | undefined {
  const pasted = text.trim();
  const hash = pasted.indexOf('#');
  if (hash >= 0) return tokenInFragment(pasted.slice(hash));
  if (pasted.startsWith('token=')) return tokenInFragment(pasted);
  return /^[\w.~+/=-]{8,}$/.test(pasted) && !pasted.includes('://') ? pasted : undefined;
}
