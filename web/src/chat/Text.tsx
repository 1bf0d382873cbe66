import { lazy, memo, Suspense } from 'react';
import { Guard } from '../markdown/Guard';
import { useReveal } from '../markdown/useReveal';

/** Markdown is read by a part of its own, which is fetched while the page is drawn. Where it cannot be had, the text is shown as it is. */
export const loadMarkdown = () => import('../markdown/Markdown');
const Markdown = lazy(loadMarkdown);

/** Text of an answer, or of its thinking. @param live whether more of it may come */
export const Text = memo(function Text({ text, live, className = 'text' }: { text: string; live: boolean; className?: string }) {
  const shown = useReveal(text, live);
  return (
    <div className={`prose ${className}`}>
      <Guard source={shown}>
        <Suspense fallback={<div className="waiting"><i /><i /><i /></div>}>
          <Markdown text={shown} open={live} />
        </Suspense>
      </Guard>
    </div>
  );
});
