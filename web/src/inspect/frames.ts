/** One frame as it came over the wire. */
export interface Frame {
  /** Its place in the response, from 1. */
  number: number;
  /** Its bytes as text, without the empty line that ends it. */
  raw: string;
  /** What it is: the event's name, or what its JSON calls itself. */
  type: string;
  /** The event it spells, where it says so. */
  seq?: number | undefined;
  /** Its data, if that is JSON. */
  json?: unknown;
}

/** Cuts what arrives into frames, at empty lines. */
export class FrameCutter {
  #rest = '';
  #count = 0;

  /** The frames that are whole now. */
  cut(text: string): Frame[] {
    const pieces = (this.#rest + text).split(/\r?\n\r?\n/);
    this.#rest = pieces.pop() ?? '';
    return pieces.filter((raw) => raw !== '').map((raw) => readFrame(raw, ++this.#count));
  }

  /** What came after the last empty line: a frame that broke off, or the whole of what is no event stream. */
  end(): Frame[] {
    return this.#rest.trim() === '' ? [] : [readFrame(this.#rest, ++this.#count)];
  }
}

export function readFrame(raw: string, number: number): Frame {
  const fields = new Map<string, string>();
  for (const line of raw.split(/\r?\n/)) {
    const [, name, value] = /^([a-z]+): ?(.*)$/s.exec(line) ?? [];
    if (name !== undefined && value !== undefined)
      fields.set(name, name === 'data' && fields.has(name) ? `${fields.get(name)}\n${value}` : value);
  }

  const data = fields.get('data');
  const json = data === undefined ? undefined : parse(data);
  return { number, raw, type: fields.get('event') ?? typeOf(data, json, raw), seq: seqOf(fields.get('id'), json), json };
}

function parse(data: string): unknown {
  try {
    const value = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined; // plain text, or an end mark
  }
}

function typeOf(data: string | undefined, json: any, raw: string): string {
  if (data === undefined)
    return raw.startsWith(':') ? 'comment' : 'fields';
  if (data === '[DONE]')
    return '[DONE]';
  if (json === undefined)
    return 'text';
  const name = json.type ?? json.object ?? Object.keys(json)[0];
  return typeof name === 'string' ? name : 'data';
}

function seqOf(id: string | undefined, json: any): number | undefined {
  const seq = Number(json?.seq ?? /:(\d+)$/.exec(id ?? '')?.[1]);
  return Number.isSafeInteger(seq) ? seq : undefined;
}
