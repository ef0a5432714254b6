// Where a link of the documentation leads: a page here, another site, or nowhere.

export type Target =
  | { readonly kind: 'page'; readonly address: string }
  | { readonly kind: 'site'; readonly address: string }
  | { readonly kind: 'none' };

/** A link as it is written in the page `page`; what is neither a page nor a web address is no link. */
export function targetOf(to: string, page: string): Target {
  const local = /^(?:\.\/)?([a-z0-9-]*?)(?:\.md)?(?:#([\p{L}\p{N}-]+))?$/u.exec(to);
  if (local && (to.startsWith('#') || /\.md(?:#|$)/.test(to))) {
    const parts = ['#/help', local[1] || page, ...(local[2] ? [local[2]] : [])];
    return { kind: 'page', address: parts.join('/') };
  }
  if (/^https?:\/\//.test(to) && URL.canParse(to)) return { kind: 'site', address: to };
  return { kind: 'none' };
}
