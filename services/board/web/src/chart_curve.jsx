// Stepped actual against the planned curve, with the fan of the forecast. A figure stands until the next report, so the
// line is steps; nothing is drawn beyond what is known, and the fan ends with the axis.
import { scaleLinear } from 'd3-scale';
import { area as areaOf, curveStepAfter, line as lineOf } from 'd3-shape';
import { useState } from 'preact/hooks';

import { day, dayOf, number, period, third, utc } from './format.js';
import { useWidth } from './parts.jsx';
import { t } from './words.js';

const DAY = 864e5;
const size = (text) => Number(String(text).split('/')[0]);

export const standing = (series) => series.points.filter((point) => point.standing && point.value !== null && point.value !== undefined);

// The first and last day, and the greatest value, that a series wants on its axes.
export function extent(series, as_of) {
    const days = [...series.points.map((p) => p.as_of), ...(series.plan || []).map((p) => p.on), series.due, as_of].filter(Boolean).map(utc);
    let last = Math.max(...days);
    if (series.forecast) last = Math.max(last, Math.min(utc(series.forecast.high), last + 250 * DAY));
    const values = [...standing(series).map((p) => size(p.value)), ...(series.plan || []).map((p) => size(p.value)), series.goal === null ? 0 : size(series.goal)];
    return { from: Math.min(...days), to: last + 8 * DAY, least: Math.min(0, ...values), most: Math.max(...values, 1e-9) };
}

// The planned value on a day: straight between the vertices of the plan.
export function plannedOn(plan, at) {
    if (!plan || !plan.length) return null;
    const [first, last] = [plan[0], plan[plan.length - 1]];
    if (at <= utc(first.on)) return size(first.value);
    if (at >= utc(last.on)) return size(last.value);
    const i = plan.findIndex((vertex) => utc(vertex.on) >= at);
    const [a, b] = [plan[i - 1], plan[i]];
    return size(a.value) + ((size(b.value) - size(a.value)) * (at - utc(a.on))) / (utc(b.on) - utc(a.on));
}

// Where the fan goes: from the last figure to the goal, reached between low and high. Clipped to the axis.
function fan(series, last, x, y, to) {
    const { forecast, goal } = series;
    if (!forecast || goal === null || !last) return null;
    const [t0, v0, g] = [utc(last.as_of), size(last.value), size(goal)];
    const reach = (text, at) => (at >= utc(text) ? g : v0 + ((g - v0) * (at - t0)) / (utc(text) - t0));
    const stops = [t0, utc(forecast.low), utc(forecast.median), utc(forecast.high), to].filter((at) => at >= t0 && at <= to).sort((a, b) => a - b);
    const between = areaOf()
        .x((at) => x(at))
        .y0((at) => y(reach(forecast.high, at)))
        .y1((at) => y(reach(forecast.low, at)));
    const middle = stops.filter((at) => at <= utc(forecast.median));
    return { area: between(stops), middle: lineOf().x(x).y((at) => y(reach(forecast.median, at)))(middle) };
}

function shape(series, x, y, as_of, to) {
    const points = standing(series);
    const last = points[points.length - 1];
    const steps = lineOf()
        .x((p) => x(utc(p.as_of)))
        .y((p) => y(size(p.value)))
        .curve(curveStepAfter);
    const plan = lineOf()
        .x((p) => x(utc(p.on)))
        .y((p) => y(size(p.value)));
    return {
        points,
        last,
        actual: points.length ? steps(points) : null,
        plan: series.plan?.length ? plan(series.plan) : null,
        original: series.plan_original?.length ? plan(series.plan_original) : null,
        fan: fan(series, last, x, y, to),
        asOf: x(utc(as_of)),
    };
}

// First days of months, as many as there is room for; each year's first month stands as its year.
function monthTicks([from, to], width) {
    const start = new Date(from);
    const ticks = [];
    const room = Math.max(3, Math.floor(width / 46));
    const step = [1, 2, 3, 6, 12, 24].find((months) => (to - from) / (months * 30.4 * DAY) <= room) || 60;
    for (let month = 0; ; month++) {
        const at = Date.UTC(start.getUTCFullYear(), month, 1);
        if (at > to) return ticks;
        if (at >= from && month % step === 0) ticks.push(at);
    }
}
const monthWord = (at) => {
    const text = new Date(at).toISOString();
    return text.slice(5, 7) === '01' ? text.slice(0, 4) : period(text.slice(0, 7), text);
};

export function Curve({ series, as_of, label }) {
    const [ref, full] = useWidth(720);
    const [at, setAt] = useState(null);
    const narrow = full < 520;
    const pad = { top: 34, right: narrow ? 14 : 112, bottom: 24, left: 44 };
    const [width, height] = [Math.max(280, full), narrow ? 260 : 316];
    const box = extent(series, as_of);
    const x = scaleLinear([box.from, box.to], [pad.left, width - pad.right]);
    const y = scaleLinear([box.least, box.most * 1.04], [height - pad.bottom, pad.top]).nice(4);
    const drawn = shape(series, x, y, as_of, box.to);
    const all = series.points;
    const chosen = at === null ? null : all[at];
    const move = (step) => setAt((now) => Math.max(0, Math.min(all.length - 1, (now === null ? all.length : now) + step)));
    const onKey = (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1, Home: -1e6, End: 1e6 }[event.key];
        if (!step || !all.length) return;
        event.preventDefault();
        move(step);
    };
    const onMove = (event) => {
        if (!all.length) return;
        const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
        let best = 0;
        all.forEach((point, i) => {
            if (Math.abs(x(utc(point.as_of)) - left) <= Math.abs(x(utc(all[best].as_of)) - left)) best = i;
        });
        setAt(best);
    };
    const planAt = chosen ? plannedOn(series.plan, utc(chosen.as_of)) : null;
    const readout = chosen
        ? t(planAt === null ? 'curve_read_plain' : 'curve_read', { as_of: day(chosen.as_of, as_of), value: number(chosen.value), known: day(dayOf(chosen.known_at), as_of), plan: number(planAt === null ? '' : String(Math.round(planAt * 100) / 100)) }) + (chosen.standing ? '' : ` ${t('curve_replaced')}`)
        : t('curve_hint');
    const planNow = drawn.last ? plannedOn(series.plan, utc(drawn.last.as_of)) : null;
    const right = width - pad.right;
    const goalY = series.goal === null ? null : y(size(series.goal));
    const dueX = series.due ? x(utc(series.due)) : null;
    const lastX = drawn.last ? x(utc(drawn.last.as_of)) : 0;
    const lastY = drawn.last ? y(size(drawn.last.value)) : 0;
    return (
        <figure class="curve" ref={ref}>
            <div class="plot" tabindex={0} role="slider" aria-label={label} aria-valuemin={1} aria-valuemax={Math.max(1, all.length)} aria-valuenow={(at ?? all.length - 1) + 1} aria-valuetext={readout} onKeyDown={onKey} onPointerMove={onMove} onPointerLeave={() => setAt(null)}>
                <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
                    {y.ticks(4).map((value) => (
                        <g key={value}>
                            <path class="grid" d={`M${pad.left} ${y(value)}H${right}`} />
                            <text class="axis" x={pad.left - 7} y={y(value) + 4} text-anchor="end">
                                {number(String(value))}
                            </text>
                        </g>
                    ))}
                    <path class="base" d={`M${pad.left} ${y(0)}H${right}`} />
                    {monthTicks(x.domain(), width - pad.left - pad.right).map((tick) => (
                        <g key={+tick}>
                            <path class="base" d={`M${x(tick)} ${height - pad.bottom}v4`} />
                            <text class="axis" x={x(tick)} y={height - 6} text-anchor="middle">
                                {monthWord(tick)}
                            </text>
                        </g>
                    ))}
                    <path class="asof" d={`M${drawn.asOf} ${pad.top - 8}V${height - pad.bottom}`} />
                    <text class="axis" x={drawn.asOf + (dueX !== null && dueX < drawn.asOf ? 4 : -4)} y={pad.top - 14} text-anchor={dueX !== null && dueX < drawn.asOf ? 'start' : 'end'}>
                        {t('as_of')} {day(as_of, as_of)}
                    </text>
                    {drawn.fan && <path class="fan" d={drawn.fan.area} />}
                    {drawn.fan && <path class="middle" d={drawn.fan.middle} />}
                    {series.due && (
                        <>
                            <path class="due" d={`M${x(utc(series.due))} ${pad.top - 6}V${height - pad.bottom}`} />
                            <text class="strong" x={dueX} y={pad.top - 14} text-anchor={dueX > right - 40 || (dueX < drawn.asOf && drawn.asOf - dueX < 140) ? 'end' : Math.abs(drawn.asOf - dueX) < 140 ? 'start' : 'middle'}>
                                {t('curve_due', { day: day(series.due, as_of) })}
                            </text>
                        </>
                    )}
                    {series.due_original && series.due_original !== series.due && (
                        <>
                            <path class="duewas" d={`M${x(utc(series.due_original))} ${pad.top + 2}V${height - pad.bottom}`} />
                            <text class="axis" x={x(utc(series.due_original)) - 4} y={pad.top + 12} text-anchor="end">
                                {t('curve_due_original', { day: day(series.due_original, as_of) })}
                            </text>
                        </>
                    )}
                    {drawn.original && <path class="planwas" d={drawn.original} />}
                    {drawn.plan && <path class="plan" d={drawn.plan} />}
                    {goalY !== null && <path class="goal" d={`M${pad.left} ${goalY}H${right}`} />}
                    {goalY !== null && (
                        <text class="strong" x={narrow ? pad.left + 4 : right + 7} y={narrow ? goalY - 5 : goalY + 4}>
                            {t('curve_goal', { n: number(series.goal) })}
                        </text>
                    )}
                    {drawn.fan && !narrow && (
                        <>
                            <text class="axis" x={right + 7} y={goalY + 24}>
                                {t('curve_forecast', { when: '' })}
                            </text>
                            <text class="strong" x={right + 7} y={goalY + 40}>
                                {third(series.forecast.median, as_of)}
                            </text>
                            {[t('curve_80'), third(series.forecast.low, as_of), `–${third(series.forecast.high, as_of)}`].map((words, i) => (
                                <text key={i} class="axis" x={right + 7} y={goalY + 58 + i * 16}>
                                    {words}
                                </text>
                            ))}
                        </>
                    )}
                    {drawn.actual && <path class="actual" d={drawn.actual} />}
                    {all.map((point, i) => (point.standing ? null : <path key={i} class="struck" d={`M${x(utc(point.as_of)) - 4} ${y(size(point.value)) - 4}l8 8m0-8l-8 8`} />))}
                    {drawn.last && <circle class="last" cx={lastX} cy={lastY} r="4" />}
                    {drawn.last && (
                        <text class="strong" x={lastX + 7} y={lastY + 17}>
                            {t('curve_actual', { n: number(drawn.last.value) })}
                        </text>
                    )}
                    {planNow !== null && drawn.last && Math.abs(y(planNow) - lastY) > 18 && (
                        <text class="axis" x={lastX - 8} y={y(planNow) - 6} text-anchor="end">
                            {t('curve_plan', { n: number(String(Math.round(planNow * 100) / 100)) })}
                        </text>
                    )}
                    {chosen && <path class="chosen" d={`M${x(utc(chosen.as_of))} ${pad.top}V${height - pad.bottom}`} />}
                    {chosen && <circle class="last" cx={x(utc(chosen.as_of))} cy={y(size(chosen.value))} r="5" />}
                </svg>
            </div>
            <figcaption class="readout">
                {readout}
            </figcaption>
        </figure>
    );
}

// The same without words, in per cent of the own goal, for many side by side on one scale.
export function MiniCurve({ series, as_of, box }) {
    const [width, height] = [220, 74];
    const scaled = (value) => (100 * size(value)) / (size(series.goal) || 1);
    const percent = { ...series, goal: '100', points: series.points.map((p) => ({ ...p, value: p.value === null ? null : String(scaled(p.value)) })), plan: (series.plan || []).map((p) => ({ ...p, value: String(scaled(p.value)) })), plan_original: null };
    const x = scaleLinear([box.from, box.to], [2, width - 2]);
    const y = scaleLinear([Math.min(0, box.least), Math.max(104, box.most)], [height - 3, 5]);
    const drawn = shape(percent, x, y, as_of, box.to);
    return (
        <svg class="mini" viewBox={`0 0 ${width} ${height}`} aria-hidden="true" focusable="false">
            <path class="base" d={`M2 ${y(0)}H${width - 2}`} />
            <path class="goalmini" d={`M2 ${y(100)}H${width - 2}`} />
            {series.due && <path class="due" d={`M${x(utc(series.due))} 3V${y(0)}`} />}
            {drawn.fan && <path class="fan" d={drawn.fan.area} />}
            {drawn.plan && <path class="plan" d={drawn.plan} />}
            {drawn.actual && <path class="actual" d={drawn.actual} />}
            {drawn.last && <circle class="last" cx={x(utc(drawn.last.as_of))} cy={y(size(drawn.last.value))} r="3" />}
        </svg>
    );
}
