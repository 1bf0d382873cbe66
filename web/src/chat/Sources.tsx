import type { TurnState } from 'passwindow';
import { webAddress } from '../shared/address';

/** How many sources of one answer are shown. */
const MaxSources = 50;

/** Where an answer has it from: each address once. */
export function Sources({ citations }: { citations: TurnState['citations'] }) {
  const sources = new Map<string, { title: string; url: URL }>();
  for (const { url: address, title } of citations) {
    const url = webAddress(address);
    if (url && url.protocol !== 'mailto:' && sources.size < MaxSources && !sources.has(url.href))
      sources.set(url.href, { url, title: typeof title === 'string' && title.trim() !== '' ? title.slice(0, 200) : url.host });
  }
  if (sources.size === 0)
    return null;
  return (
    <section className="sources" aria-label="Sources">
      <h3>Sources</h3>
      <ol>
        {[...sources.values()].map(({ url, title }) => (
          <li key={url.href}>
            <a href={url.href} target="_blank" rel="noopener noreferrer nofollow" title={url.href}>
              <span>{title}</span> <span className="place">{url.host}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
