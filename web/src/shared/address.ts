const Protocols = ['http:', 'https:', 'mailto:'];

/** Where a link from a model goes: to the web or a mail program, or nowhere (null). */
export function webAddress(text: unknown): URL | null {
  try {
    const url = new URL(String(text));
    return Protocols.includes(url.protocol) ? url : null;
  } catch {
    return null; // relative ones too: a model knows nothing of this page's addresses
  }
}
