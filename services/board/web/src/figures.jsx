// The table of figures, the same on the pages of an area, a task and a unit: worst first.
import { Bullet } from './chart_bullet.jsx';
import { number, points, third } from './format.js';
import { Cell, Due, Flags, isStale, Lamp, lightOf, Row, Said, Table, Value } from './parts.jsx';
import { areaPath, explainPath, targetPath, to } from './router.js';
import { t } from './words.js';

const COLUMNS = [
    ['c_light', ''],
    ['c_target', ''],
    ['c_value', ''],
    ['c_progress', 'bar'],
    ['c_points', 'right'],
    ['c_due', ''],
    ['c_forecast', ''],
];

export function Forecast({ cell, as_of }) {
    if (cell.forecast) return <>{third(cell.forecast.median, as_of)}</>;
    if (!cell.forecast_refused || !cell.due || ['kind', 'done'].includes(cell.forecast_refused)) return <span class="quiet">—</span>;
    return <span class="quiet">{t('refused', { why: t(`r_${cell.forecast_refused}`) })}</span>;
}

function FigureRow({ cell, as_of, areas, silence, moved }) {
    const name = cell.target_name || cell.target;
    const old = moved && cell.figure_as_of !== moved;
    return (
        <Row cls={isStale(cell) ? 'stale' : ''}>
            <Cell cls="light">
                <a class="plain" href={to(explainPath(cell.target, cell.area))} aria-label={`${t(`l_${lightOf(cell)}`)}${t('stop')}${t('where_from')}`}>
                    <Lamp of={lightOf(cell)} word="short" />
                </a>
            </Cell>
            <Cell cls="name" head>
                {areas && (
                    <>
                        <a href={to(areaPath(cell.area))}>{areas[cell.area] || cell.area_name || cell.area}</a>{' '}
                    </>
                )}
                <a href={to(targetPath(cell.target), { area: cell.area })}>
                    <Said text={name} />
                </a>{' '}
                <small class="code">{cell.target}</small> <Flags cell={cell} silence={silence} />
            </Cell>
            <Cell cls="value" label={t('c_value')}>
                <a class="plain" href={to(explainPath(cell.target, cell.area))}>
                    <Value cell={cell} as_of={as_of} plain={!old} />
                </a>
            </Cell>
            <Cell cls="bar">
                <Bullet value={cell.kind === 'milestone' ? null : cell.value} planned={cell.planned} goal={cell.goal} unit={cell.unit} />
            </Cell>
            <Cell cls="right num" label={t('c_points')}>
                {cell.deviation_points === null ? <span class="quiet">—</span> : t('points_unit', { n: points(cell.deviation_points) })}
            </Cell>
            <Cell label={t('c_due')}>
                <Due due={cell.due} was={cell.due_original} as_of={as_of} done={cell.state === 'done'} />
            </Cell>
            <Cell label={t('c_forecast')}>
                <Forecast cell={cell} as_of={as_of} />
            </Cell>
        </Row>
    );
}

// cells: in the document's order, worst first. areas: {code: name} when the rows are of several areas.
export function Figures({ cells, as_of, areas, silences = {}, caption, newest }) {
    return (
        <Table caption={caption} columns={COLUMNS} cls="figures">
            {cells.map((cell) => (
                <FigureRow key={`${cell.target} ${cell.area}`} cell={cell} as_of={as_of} areas={areas} silence={silences[cell.area]} moved={newest} />
            ))}
        </Table>
    );
}

// The day that most figures are about: only other days are written beside a figure.
export function usualDay(cells) {
    const seen = new Map();
    for (const cell of cells) if (cell.figure_as_of) seen.set(cell.figure_as_of, (seen.get(cell.figure_as_of) || 0) + 1);
    return [...seen].sort((a, b) => b[1] - a[1])[0]?.[0] || null;
}

export function FiguresBySection({ cells, ...rest }) {
    const lit = cells.filter((cell) => cell.due || cell.light !== 'none');
    const undated = cells.filter((cell) => !cell.due && cell.light === 'none');
    return (
        <>
            {lit.length > 0 && <Figures cells={lit} {...rest} />}
            {lit.length === 0 && undated.length === 0 && <p class="quiet">{t('h_none')}</p>}
            {undated.length > 0 && (
                <details class="undatedbox" open={lit.length === 0}>
                    <summary>{t('undated_group', { n: number(undated.length) })}</summary>
                    <Figures cells={undated} {...rest} caption={t('undated_group', { n: undated.length })} />
                </details>
            )}
        </>
    );
}
