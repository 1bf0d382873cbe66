/** How far (milliseconds) what is shown stays behind what has come. It is the same at any rate, so no lag builds up. */
export const Delay = 120;

/** More than this at once (UTF-16 units) is no stream but a catching-up, and is shown as a whole. */
export const MaxBacklog = 1500;

/**
 * How much of a text to show next: the more has gathered, the faster, so that bursts of tokens become an even flow.
 * @param shown how much is shown, in UTF-16 units
 * @param text what has come
 * @param elapsed milliseconds since the last step
 * @returns how much to show; never inside a surrogate pair
 */
export function reveal(shown: number, text: string, elapsed: number): number {
  const backlog = text.length - shown;
  if (backlog <= 0 || backlog > MaxBacklog)
    return text.length;
  const next = shown + Math.max(1, Math.ceil(backlog * (1 - Math.exp(-elapsed / Delay))));
  const unit = text.charCodeAt(next - 1);
  return Math.min(text.length, unit >= 0xd800 && unit < 0xdc00 ? next + 1 : next);
}
