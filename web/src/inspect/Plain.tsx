import { Fragment } from 'react';

/** What a person would not see or what would move what they see: control characters but the line break, marks of writing direction, characters without width. */
const Unseen = /([\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff])/;

/** Text of anybody's, as it is: what cannot be seen in it is named. */
export function Plain({ text }: { text: string }) {
  const pieces = text.split(Unseen);
  if (pieces.length === 1)
    return text;
  return pieces.map((piece, index) => <Fragment key={index}>{index % 2 === 1 ? <span className="unseen-mark">{nameOf(piece)}</span> : piece}</Fragment>);
}

/** The same as a text alone. */
export const plain = (text: string) => text.split(Unseen).map((piece, index) => (index % 2 === 1 ? nameOf(piece) : piece)).join('');

const nameOf = (character: string) => (character === '\t' ? '⇥' : character === '\u001b' ? 'ESC' : `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
