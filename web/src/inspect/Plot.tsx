import { AxisHeight, BandHeight, isIn, LabelHeight, marks, ToolHeight, wayOf, type Layout } from './layout';
import type { Gap, ToolSpan } from './measures';
import { plain } from './Plain';
import { ticks, words, type Span } from './scale';
import type { TimedEvent } from './timeline';
import { Tip } from './Tip';

/** Up to this many events in view, the way of each is drawn. */
const MaxWays = 160;
/** Below this (pixels) the axis has more ticks for its width. */
const Narrow = 500;
const TipWidth = 210, TipHeight = 150;
/** What a letter of a label is wide, about (pixels). */
const Letter = 7;

interface PlotProps {
  events: readonly TimedEvent[];
  layout: Layout;
  tools: readonly ToolSpan[];
  silences: readonly Gap[];
  span: Span;
  width: number;
  /** Absent when the turn has ended. */
  now: number | undefined;
  event: TimedEvent | undefined;
}

/** The drawing: attributes alone, since the page's policy lets no inline style in. */
export function Plot({ events, layout: { lanes, toolsY, height }, tools, silences, span, width, now, event }: PlotProps) {
  const x = (ms: number) => ((ms - span.from) / (span.to - span.from)) * width;
  const clamp = (at: number) => Math.min(width, Math.max(0, at));
  const bar = ({ from, to }: Span, least = 0) => ({ x: clamp(x(from)), width: Math.max(least, clamp(x(to)) - clamp(x(from))) });
  const inView = events.filter(({ said }) => said !== undefined && said >= span.from && said <= span.to);
  const lastLane = lanes.at(-1)!;
  const firstLane = lanes[0]!;
  const at = event?.said === undefined ? undefined : x(event.said);

  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <g className="axis">
        {ticks(span, width, width < Narrow ? 60 : 90).map((ms) => (
          <g key={ms}>
            <path d={`M${x(ms)} ${AxisHeight - 6}V${height}`} />
            <text x={x(ms)} y={AxisHeight - 11} textAnchor={x(ms) < 24 ? 'start' : x(ms) > width - 24 ? 'end' : 'middle'}>{axisWords(ms, span)}</text>
          </g>
        ))}
      </g>

      {silences.filter((gap) => isIn(gap, span)).map((gap) => {
        const place = bar(gap);
        const label = words(gap.to - gap.from);
        return (
          <g key={gap.from} className="gap">
            <rect {...place} y={firstLane.y} height={lastLane.y + BandHeight - firstLane.y} />
            {place.width > label.length * Letter && <text x={place.x + place.width / 2} y={firstLane.y + BandHeight / 2 + 4} textAnchor="middle">{label}</text>}
          </g>
        );
      })}

      {toolsY !== undefined && (
        <g className="tools">
          <text className="lane-label" x="0" y={toolsY - 7}>Tools <tspan>from call to result</tspan></text>
          {tools.filter((tool) => isIn(tool, span)).map((tool, index) => {
            const place = bar(tool, 3);
            const y = toolsY + tool.row * ToolHeight;
            const label = `${plain(tool.name)} ${words(tool.to - tool.from)}`;
            const fits = place.width > label.length * Letter;
            return (
              <g key={index} className={tool.failed ? 'failed' : tool.open ? 'open' : undefined}>
                <rect {...place} y={y} height={ToolHeight - 4} rx="4" />
                <text x={fits ? place.x + 7 : place.x + place.width + 6} y={y + 13} className={fits ? 'inside' : undefined}>{label}</text>
              </g>
            );
          })}
        </g>
      )}

      {lanes.map((lane, index) => (
        <g key={index} className="lane">
          <text className="lane-label" x="0" y={lane.y - LabelHeight + 13}>{lane.label} <tspan>{lane.note}</tspan></text>
          <rect {...(lane.span ? bar(lane.span, 2) : { x: 0, width })} y={lane.y} height={BandHeight} rx="5" className={lane.span ? 'there' : undefined} />
          {lane.resumed && lane.span && x(lane.span.from) >= 0 && <path className="return" d={`M${x(lane.span.from)} ${lane.y - 2}v${BandHeight + 4}`} />}
        </g>
      ))}

      {inView.length <= MaxWays && <path className="ways" d={inView.map((each) => wayOf(each, lanes, x)).join('')} />}
      {lanes.map((lane, index) => marks(events, lane, x, width).map(([kind, path]) => <path key={`${index}${kind}`} className={`mark k-${kind}`} d={path} />))}
      {now !== undefined && now <= span.to && <path className="now" d={`M${x(now)} ${AxisHeight - 6}V${height}`} />}
      {event && <path className="way" d={wayOf(event, lanes, x)} />}
      {event && at !== undefined && at >= 0 && at <= width && (
        <foreignObject x={at + TipWidth + 14 > width ? Math.max(0, at - TipWidth - 12) : at + 12} y={AxisHeight} width={TipWidth} height={TipHeight} className="tip-place">
          <Tip event={event} />
        </foreignObject>
      )}
    </svg>
  );
}

/** Times of an axis have as many digits as tell its ticks apart. */
function axisWords(ms: number, { from, to }: Span): string {
  const seconds = to - from > 2000;
  const step = (to - from) / 10;
  const digits = Math.max(0, -Math.floor(Math.log10(seconds ? step / 1000 : step)));
  return ms === 0 ? '0' : seconds ? `${+(ms / 1000).toFixed(digits)} s` : `${+ms.toFixed(digits)} ms`;
}
