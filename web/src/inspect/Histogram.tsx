import { histogram, place, type Distribution } from './measures';
import { words } from './scale';

const Width = 260, Height = 56, Count = 32;

interface HistogramProps {
  title: string;
  /** What it measures, for those to whom the title says too little. */
  note: string;
  values: Distribution | undefined;
}

/** How delays are spread, on a logarithmic axis, with the values that half, 95 % and 99 % of them do not exceed. */
export function Histogram({ title, note, values }: HistogramProps) {
  return (
    <figure className="histogram">
      <figcaption title={note}>{title}</figcaption>
      {values ? <Bars values={values} /> : <p className="none">Nothing to measure yet.</p>}
    </figure>
  );
}

function Bars({ values }: { values: Distribution }) {
  const { low, high, counts } = histogram(values.values, Count);
  const most = Math.max(...counts);
  const step = Width / Count;
  const quantiles = [['p50', values.p50], ['p95', values.p95], ['p99', values.p99]] as const;
  return (
    <>
      <svg viewBox={`0 0 ${Width} ${Height}`} preserveAspectRatio="none" aria-hidden="true">
        {counts.map((count, index) => {
          const height = count === 0 ? 0 : Math.max(2, (count / most) * (Height - 6));
          return <rect key={index} x={index * step + 0.75} y={Height - height} width={step - 1.5} height={height} rx="1" />;
        })}
        {quantiles.map(([name, value]) => {
          const x = Math.min(Width - 0.75, Math.max(0.75, place(value, low, high) * Width));
          return <path key={name} className={name} d={`M${x} 0V${Height}`} vectorEffect="non-scaling-stroke" />;
        })}
      </svg>
      <div className="ends" aria-hidden="true"><span>{words(values.values[0]!)}</span><span>{values.values.length} values</span><span>{words(values.values.at(-1)!)}</span></div>
      <dl>
        {quantiles.map(([name, value]) => <div key={name} className={name}><dt>{name}</dt><dd>{words(value)}</dd></div>)}
      </dl>
    </>
  );
}
