/** How often (milliseconds) a page in the background is brought up to date: it gets no frames. */
const HiddenFrame = 500;

/** Runs something with the next frame, once however often it is asked for. */
export function onFrame(run: () => void): () => void {
  let waits = false;
  return () => {
    if (waits)
      return;
    waits = true;
    const now = () => {
      waits = false;
      run();
    };
    if (document.hidden)
      setTimeout(now, HiddenFrame);
    else
      requestAnimationFrame(now);
  };
}
