import type { ConversationEntry } from 'passwindow';

export interface Group {
  readonly name: string;
  readonly entries: ConversationEntry[];
}

const Day = 24 * 60 * 60 * 1000;

/** A list of conversations, newest first, under the names of their days. What was searched for is one group. */
export function days(entries: readonly ConversationEntry[], now: Date, isSearch: boolean): Group[] {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const nameOf = (at: number) =>
    isSearch ? 'Found' : at >= midnight ? 'Today' : at >= midnight - Day ? 'Yesterday' : at >= midnight - 7 * Day ? 'The last seven days' : 'Older';
  const groups: Group[] = [];
  for (const entry of entries) {
    const name = nameOf(Date.parse(entry.updated_at));
    if (groups.at(-1)?.name !== name)
      groups.push({ name, entries: [] });
    groups.at(-1)!.entries.push(entry);
  }
  return groups;
}
