// Small parts that every page is made of.
import { useEffect, useRef, useState } from 'preact/hooks';

import { daysBetween, day, marked, number, period } from './format.js';
import { here, to } from './router.js';
import { english, t, has } from './words.js';

// A light: a shape first, a colour second, and its word for who cannot see either.
export function Lamp({ of, word = 'silent', big }) {
    return (
        <>
            <svg class={big ? 'lamp big' : 'lamp'} aria-hidden="true" focusable="false">
                <use href={`#l-${of}`} />
            </svg>
            {word === 'hidden' && <span class="vh">{t(`l_${of}`)}</span>}
            {word === 'short' && <b class="lampword">{t(`s_${of}`)}</b>}
        </>
    );
}

// Text that somebody sent: isolated in its direction, what is hidden in it made visible, never wider than its place.
export function Said({ text }) {
    if (text === null || text === undefined) return null;
    return <bdi class="said" lang={english() ? 'zh-CN' : undefined}>{marked(String(text)).map((part, i) => (i % 2 ? <span class="ctl">{part.slice(1, -1)}</span> : part))}</bdi>;
}

export const lightOf = (cell) =>
    cell.lamp ||
    (cell.proposed_light === 'red' && cell.light !== 'red' ? 'proposed_red' : cell.light !== 'none' ? cell.light : cell.state === 'undated' || (!cell.due && cell.state !== 'words') ? 'undated' : 'none');
export const isStale = (cell) => cell.stale ?? cell.report_state === 'missing';

// The link to the rest of a list that comes in pages; name: the page's own parameter for it.
export function Pager({ next, path, own, name = 'after' }) {
    const after = here().searchParams.get(name);
    if (!next && !after) return null;
    return (
        <p class="pager">
            {after && <a href={to(path, own)}>{t('page_first')}</a>}
            {next && <a href={to(path, { ...own, [name]: new URL(next, location.href).searchParams.get('after') })}>{t('page_next')}</a>}
        </p>
    );
}

export function Panel({ title, note, children, cls, id, as: Heading = 'h2', aside }) {
    return (
        <section class={`panel ${cls || ''}`} aria-labelledby={id}>
            <header class="panelhead">
                <Heading id={id}>{title}</Heading>
                {note && <span class="note">{note}</span>}
                {aside}
            </header>
            {children}
        </section>
    );
}

// A table that becomes a list of cards on a phone; the roles stay when the boxes change.
export function Table({ caption, columns, children, cls }) {
    return (
        <div class="scroll">
            <table class={`list ${cls || ''}`} role="table">
                <caption class="vh">{caption}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        {columns.map(([key, kind]) => (
                            <th scope="col" role="columnheader" class={kind} key={key}>
                                {t(key)}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody role="rowgroup">{children}</tbody>
            </table>
        </div>
    );
}
export const Cell = ({ cls, label, children, head }) =>
    head ? (
        <th scope="row" role="rowheader" class={cls} data-label={label}>
            {children}
        </th>
    ) : (
        <td role="cell" class={cls} data-label={label}>
            {children}
        </td>
    );
export const Row = ({ children, cls }) => (
    <tr role="row" class={cls}>
        {children}
    </tr>
);

export const Tag = ({ children, cls }) => <span class={`tag ${cls || ''}`}>{children}</span>;

// What stands beside a light: 延, 已补齐, 更正待核 57→51, 待终报, 断线 未报 退回, 代报, …
export function Flags({ cell, silence }) {
    const tags = [];
    if (cell.override) tags.push(['f_override', {}, 'warn']);
    if (cell.state === 'awaiting_final') tags.push(['f_awaiting_final', {}, '']);
    if (cell.state === 'overdue' && cell.days_overdue) tags.push(['f_overdue', { n: cell.days_overdue }, 'warn']);
    if (cell.report_state === 'missing') tags.push([`q_${silence?.state || 'missing'}`, {}, 'warn']);
    for (const flag of cell.flags || []) {
        const [name, ...rest] = flag.split(' ');
        if (name === 'assumed_from' || (name === 'late' && cell.report_state === 'missing') || !has(`f_${name}`)) continue;
        if (name === 'due_soon' && cell.state === 'overdue') continue;
        tags.push([`f_${name}`, { n: name === 'stale_parts' ? rest.join(' ').split(/[ ,]+/).length : rest.join(' ') }, ['held', 'stale_parts', 'node_missed'].includes(name) ? 'warn' : '']);
    }
    return tags.map(([key, values, cls]) => (
        <Tag key={key} cls={cls}>
            {t(key, values)}
        </Tag>
    ));
}

export const figure = (value) => (value === 'done' ? t('value_done') : value === 'not_done' ? t('value_not_done') : number(value));

// "40.5 / 62 公里", "28/104 26.9 / 100 %", "已完成".
export function valueText(cell) {
    if (cell.value === null) return t('no_value');
    if (cell.kind === 'milestone' && cell.counties_in === null) return t(cell.value === '1' || cell.value === 'done' ? 'value_done' : 'value_not_done');
    if (cell.kind === 'milestone') return `${number(cell.value)} / ${cell.counties_expected}`;
    return cell.goal === null ? `${number(cell.value)} ${cell.unit || ''}` : `${number(cell.value)} / ${number(cell.goal)} ${cell.unit || ''}`;
}
export function Value({ cell, as_of, plain }) {
    if (cell.value === null) return <span class="quiet">{t('no_value')}</span>;
    const milestone = cell.kind === 'milestone' && cell.counties_in === null;
    return (
        <>
            {milestone ? (
                <b>{valueText(cell)}</b>
            ) : (
                <>
                    <b class="num">{number(cell.value)}</b>
                    {cell.kind === 'milestone' ? ` / ${cell.counties_expected}` : cell.goal !== null && ` / ${number(cell.goal)}`} {cell.kind === 'milestone' ? '' : <Said text={cell.unit} />}
                    {cell.kind === 'ratio' && cell.denominator && <small> {number(`${cell.numerator}/${cell.denominator}`)}</small>}
                </>
            )}
            {!plain && cell.figure_as_of && <small> {t('reported', { day: day(cell.figure_as_of, as_of) })}</small>}
        </>
    );
}

export function Due({ due, as_of, was, done }) {
    if (!due) return <span class="quiet">{t('due_none')}</span>;
    const left = daysBetween(as_of, due);
    return (
        <>
            {day(due, as_of)} {!done && <small>{left > 0 ? t('days_left', { n: number(left) }) : left === 0 ? t('due_today') : t('days_over', { n: number(-left) })}</small>}
            {was && was !== due && <small class="block">{t('due_was', { day: day(was, as_of) })}</small>}
        </>
    );
}

const COUNTERS = ['red', 'proposed_red', 'yellow', 'grey', 'blue', 'green', 'undated'];
export function Counters({ counts, proposed = true }) {
    return (
        <dl class="counters" aria-label={t('counters')}>
            {COUNTERS.filter((light) => light !== 'proposed_red' || (proposed && counts.proposed_red > 0)).map((light) => (
                <div key={light}>
                    <dt>
                        <Lamp of={light} /> {light === 'proposed_red' ? t('s_proposed_red') : t(`l_${light}`)}
                    </dt>
                    <dd>{number(counts[light] ?? 0)}</dd>
                </div>
            ))}
        </dl>
    );
}

// "■ 2 ▲ 3 ⬚ 4": how many of each light there is.
export const WRONG = ['red', 'proposed_red', 'yellow', 'grey'];
export const Lights = ({ counts, of = COUNTERS, cls = 'acts' }) => (
    <span class={cls}>
        {of.map(
            (light) =>
                counts[light] > 0 && (
                    <span key={light}>
                        <Lamp of={light} word="hidden" /> {number(counts[light])}
                    </span>
                ),
        )}
    </span>
);

// What is wrong, and nothing else.
export function Brief({ counts }) {
    if (!WRONG.some((light) => counts[light] > 0)) return <span class="brief quiet">{counts.blue + counts.green > 0 ? <Lamp of="blue" word="hidden" /> : '–'}</span>;
    return <Lights counts={counts} of={WRONG} cls="brief" />;
}

// A list of links, each with what is to be said of it and its lights.
export const ListRow = ({ to: address, name, no, cls, counts, of, children }) => (
    <li class={cls}>
        <a href={address}>
            {no && <span class="no">{no}</span>}
            {name}
        </a>
        {children}
        <Lights counts={counts} of={of} />
    </li>
);

// The finding of a set of lights: "1 项红灯待核定，2 项红灯，3 项黄灯".
export function finding(counts) {
    const parts = [];
    if (counts.red) parts.push(t('h_red', { n: number(counts.red) }));
    if (counts.proposed_red) parts.push(t('h_proposed', { n: number(counts.proposed_red) }));
    if (counts.yellow) parts.push(t('h_yellow', { n: number(counts.yellow) }));
    return parts.length ? parts.join(t('join')) : t('h_calm');
}

// Documents say "2021年9月"; the year stands when it is not the report's.
const periodOf = (text, as_of) => {
    const [, year, month] = /^(\d+)年(\d+)月$/.exec(text || '') || [];
    return year ? period(`${year}-${month.padStart(2, '0')}`, as_of) : text;
};

// "剑阁县9月数据未到（应10月8日）".
export function silenceWords(silence, who, as_of) {
    const values = { who, period: periodOf(silence.period, as_of), due: day(silence.due, as_of), days: silence.days ?? '?' };
    const plain = silence.state === 'missing' && !(silence.period && silence.due);
    return t(plain ? 'silence_missing_plain' : `silence_${silence.state}`, values).replace(/^: /, '');
}

// The heading of a page: told to the tab, and where a reader lands after a change of page.
export function Heading({ text, children, lamp }) {
    const ref = useRef(null);
    useEffect(() => {
        document.title = `${text} · ${t('brand')}`;
    }, [text]);
    return (
        <h1 tabindex={-1} ref={ref} id="finding">
            {lamp && <Lamp of={lamp} big word="hidden" />}
            {text}
            {children}
        </h1>
    );
}

// Ladder 提醒 → 催办 → 黄牌 → 红牌.
const RUNGS = ['remind', 'urge', 'yellow_card', 'red_card'];
export const isCard = (rung) => RUNGS.indexOf(rung) >= 2;
export const rungWords = (rung, issued) => (isCard(rung) ? t(issued === rung ? 'issued' : 'draft', { card: t(`rung_${rung}`) }) : t(`rung_${rung}`));
export function Ladder({ rung, issued }) {
    const at = Math.max(0, RUNGS.indexOf(rung));
    return (
        <span class="ladder">
            <svg viewBox="0 0 64 8" class="rungs" role="img" aria-label={t('rung_of', { n: at + 1 })}>
                {RUNGS.map((one, i) => (
                    <rect key={one} x={i * 16 + 0.75} y="1" width="13.5" height="6" class={i <= at ? 'on' : 'off'} />
                ))}
            </svg>
            {rungWords(rung, issued)}
        </span>
    );
}

export function useWidth(first = 640) {
    const ref = useRef(null);
    const [width, set] = useState(first);
    useEffect(() => {
        const watch = new ResizeObserver(([entry]) => set(Math.round(entry.contentRect.width)));
        watch.observe(ref.current);
        return () => watch.disconnect();
    }, []);
    return [ref, width];
}
