// What a request must show before anything reads it further: that it was sent to this address (a page
// elsewhere may have pointed its own name at 127.0.0.1) and that a page of ours sent it.

import type { IncomingMessage } from 'node:http';
import { RayError } from '../contracts/index.ts';

export type Guard = {
  /** Throws WRONG_ORIGIN unless Host is ours, and Origin (when there is one, or must be) too. */
  check(
    request: Pick<IncomingMessage, 'headers' | 'method'>,
    options?: { readonly needsOrigin?: boolean },
  ): void;
};

/** A guard for a server that listens on loopback at `port`. */
export function loopbackGuard(port: number): Guard {
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]);
  const origins = new Set([...hosts].map((host) => `http://${host}`));
  return {
    check({ headers, method }, { needsOrigin = false } = {}) {
      if (!hosts.has(headers.host ?? ''))
        throw new RayError('WRONG_ORIGIN', 'the request names another host than this RayOS');
      const { origin } = headers;
      const changes = method !== 'GET' && method !== 'HEAD';
      if (origin === undefined && !changes && !needsOrigin) {
        if (isForeignFetch(headers))
          throw new RayError('WRONG_ORIGIN', 'another site asked for this');
        return;
      }
      if (origin === undefined || !origins.has(origin) || origin !== `http://${headers.host}`) {
        throw new RayError('WRONG_ORIGIN', 'the request does not come from a page of this RayOS');
      }
    },
  };
}

/** A subresource request by a page of another site; following a link to us is fine. */
function isForeignFetch(headers: IncomingMessage['headers']): boolean {
  const site = headers['sec-fetch-site'];
  return (
    site !== undefined &&
    site !== 'same-origin' &&
    site !== 'none' &&
    headers['sec-fetch-mode'] !== 'navigate'
  );
}

export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), display-capture=()',
};
