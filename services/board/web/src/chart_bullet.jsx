// A bullet bar: how much of the goal is done, and the mark where the plan wants it on the day of the figure. Bars show
// sizes by number, so here alone decimals become floats; what is read stays text.
const part = (value, most) => Math.max(0, Math.min(1, value / most));

export function Bullet({ value, planned, goal, unit }) {
    const most = unit === '%' ? Math.max(100, +goal) : +goal;
    if (value === null || goal === null || !(most > 0)) return null;
    const at = planned === null ? null : part(+planned, most) * 100;
    return (
        <svg class="bullet" aria-hidden="true" focusable="false">
            <rect class="track" x="0" y="4" width="100%" height="8" />
            <rect class="done" x="0" y="5.5" width={`${(part(+value, most) * 100).toFixed(2)}%`} height="5" />
            {at !== null && (
                <svg x={`${at.toFixed(2)}%`} overflow="visible">
                    <rect class="mark" x={at > 99 ? -2 : -1} y="0" width="2" height="16" />
                </svg>
            )}
        </svg>
    );
}
