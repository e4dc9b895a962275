// A strip of reporting periods, oldest first: what came on time, late, later than that, or not. Shapes differ in height
// and filling, not in colour alone; the words are its label.
import { period as periodWord } from './format.js';
import { t } from './words.js';

const STEP = 15;

function Mark({ state, x }) {
    if (state === 'on_time') return <rect class="s-on" x={x} y="2" width="10" height="14" />;
    if (state === 'late') return <rect class="s-late" x={x + 0.6} y="8" width="8.8" height="8" />;
    if (state === 'missing') return <path class="s-missing" d={`M${x + 0.8} 2.8h8.4v12.4h-8.4zM${x + 2.6} 6l4.8 6m0-6-4.8 6`} />;
    if (state === 'back_filled') return <path class="s-filled" d={`M${x + 0.8} 5.8h8.4v9.4h-8.4zM${x + 1} 15l8-9`} />;
    if (state === 'open') return <rect class="s-open" x={x + 0.8} y="2.8" width="8.4" height="12.4" />;
    return <circle class="s-none" cx={x + 5} cy="14" r="1.1" />;
}

export function Strip({ periods, as_of }) {
    const words = periods.map((one) => `${periodWord(one.period, as_of)} ${t(`p_${one.state}`)}`).join(t('list'));
    return (
        <svg class="strip" width={periods.length * STEP} height="18" viewBox={`0 0 ${periods.length * STEP} 18`} role="img" aria-label={words}>
            {periods.map((one, i) => (
                <Mark key={one.period} state={one.state} x={i * STEP + 2} />
            ))}
        </svg>
    );
}

export const StripLegend = () => (
    <ul class="legend">
        {['on_time', 'late', 'missing', 'back_filled', 'open'].map((state) => (
            <li key={state}>
                <svg class="strip" width="14" height="18" viewBox="0 0 14 18" aria-hidden="true">
                    <Mark state={state} x={2} />
                </svg>
                {t(`p_${state}`)}
            </li>
        ))}
    </ul>
);
