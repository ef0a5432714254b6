// Messages as the daemon writes them are parts of sentences; people read whole ones.

/** With a capital and a full stop. */
export function sentence(message: string): string {
  const text = message.trim();
  const whole = text.charAt(0).toLocaleUpperCase() + text.slice(1);
  return whole === '' || /[.!?…:]$/.test(whole) ? whole : `${whole}.`;
}
