import type { ReactNode } from 'react';

/** A table that scrolls by itself when it is wider than the page; with the keyboard too. */
export function Table({ children }: { children?: ReactNode }) {
  return (
    <div className="table" role="region" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
