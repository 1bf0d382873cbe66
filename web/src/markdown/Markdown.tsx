import { memo, useState } from 'react';
import { Blocks } from './blocks';
import { complete } from './complete';
import { Guard } from './Guard';
import { render } from './render';

/** A longer block (UTF-16 units) is shown as plain text: what it would cost to read is a hostile answer's to choose. */
const MaxBlock = 200_000;

/**
 * Markdown, while it is written and after. Only the block at the end is read and rendered again when something is added.
 * @param open whether more may come
 */
export default function Markdown({ text, open }: { text: string; open: boolean }) {
  const [blocks] = useState(() => new Blocks());
  const cut = blocks.update(text);
  return (
    <>
      {cut.done.map((source, index) => <Block key={index} source={source} definitions={cut.definitions} open={false} />)}
      {cut.open !== '' && <Block key={cut.done.length} source={cut.open} definitions={cut.definitions} open={open} />}
    </>
  );
}

const Block = memo(function Block({ source, definitions, open }: { source: string; definitions: string; open: boolean }) {
  if (source.length > MaxBlock)
    return <p className="plain">{source}</p>;
  return <Guard source={source}><Rendered source={open ? complete(source) : source} definitions={definitions} open={open} /></Guard>;
});

const Rendered = ({ source, definitions, open }: { source: string; definitions: string; open: boolean }) => render(source, definitions, open);
