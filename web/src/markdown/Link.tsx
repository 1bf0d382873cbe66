import type { ReactNode } from 'react';
import { webAddress } from '../shared/address';

/**
 * A link that a model wrote: it goes to the web or to a mail program, or it is text. Where it goes is told when it is pointed at, and always
 * when its words name another place.
 */
export function Link({ href, children }: { href?: string; children?: ReactNode }) {
  const address = webAddress(href);
  if (!address)
    return <>{children}</>;
  const place = address.protocol === 'mailto:' ? address.pathname : address.host;
  const words = typeof children === 'string' ? children : '';
  return (
    <>
      <a href={address.href} target="_blank" rel="noopener noreferrer nofollow" title={address.href} data-place={place}>
        {children}
      </a>
      {pretends(words, place) && <span className="place"> ({place})</span>}
    </>
  );
}

/** Whether words look like an address, but not like this one. */
function pretends(words: string, place: string) {
  const named = /^\s*(?:https?:\/\/)?((?:[\w-]+\.)+[a-z]{2,})(?=[\s/:?#]|$)/i.exec(words)?.[1]?.toLowerCase();
  return named !== undefined && named !== place && `www.${named}` !== place && named !== `www.${place}`;
}
