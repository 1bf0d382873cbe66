import { webAddress } from '../shared/address';

/** An image that a model wrote. It is never loaded here, because loading tells the other side; it is a link that names where it would come from. */
export function Image({ src, alt }: { src?: string; alt?: string }) {
  const address = webAddress(src);
  const words = alt || 'without a description';
  if (!address)
    return <span className="picture">Image: {words}</span>;
  return (
    <a className="picture" href={address.href} target="_blank" rel="noopener noreferrer nofollow" title={address.href}>
      Image: {words} <span className="place">({address.host})</span>
    </a>
  );
}
