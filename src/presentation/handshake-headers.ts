// Of a viewer's request the framer gets what the handshake needs; cookies and the rest stay here.

import type { IncomingHttpHeaders } from 'node:http';
import { type HandshakeHeaders, handshakeHeaders } from './framer/protocol.ts';

export function headersForHandshake(headers: IncomingHttpHeaders): HandshakeHeaders {
  return Object.fromEntries(
    handshakeHeaders.flatMap((name) => {
      const value = headers[name];
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
