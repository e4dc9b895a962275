// One target: plan, actual and forecast of one area, the shares with their check sum, all areas on one scale, and the
// pace that is needed against the best there ever was.
import { Act } from './actions.jsx';
import { documentPath, useDocument } from './api.js';
import { Curve, extent, MiniCurve, plannedOn, standing } from './chart_curve.jsx';
import { day, dayOf, number, period, points, third, utc } from './format.js';
import { Crumbs } from './page_area.jsx';
import { AlertTable } from './page_alerts.jsx';
import { Units } from './page_task.jsx';
import { Cell, Due, Flags, Heading, Lamp, lightOf, Panel, Row, rungWords, Said, Table, Tag, Value, valueText } from './parts.jsx';
import { explainPath, targetPath, taskPath, to } from './router.js';
import { t } from './words.js';

const RANK = ['red', 'proposed_red', 'yellow', 'grey', 'blue', 'green', 'undated', 'none', 'no_task'];
const worst = (cells) => [...cells].sort((a, b) => RANK.indexOf(lightOf(a)) - RANK.indexOf(lightOf(b)) || (+a.deviation_points || 0) - (+b.deviation_points || 0))[0];

function forecastWords(cell, as_of) {
    if (!cell.forecast) return null;
    return t(cell.due && cell.forecast.median > cell.due ? 'forecast_late' : 'forecast_fine', { when: third(cell.forecast.median, as_of) });
}

function finding(doc, cell) {
    const as_of = doc.as_of;
    if (!cell) return `${doc.target.name}${t('colon')}${t('h_none')}`;
    const name = `${cell.area_name}${doc.target.name}`;
    if (cell.state === 'overdue') return `${name}${t('colon')}${valueText(cell)}${t('join')}${t('f_overdue', { n: cell.days_overdue ?? '' })}`;
    if (cell.report_state === 'missing') return `${name}${t('colon')}${t('q_missing')}${cell.figure_as_of ? `${t('join')}${t('h_stop', { day: day(cell.figure_as_of, as_of) })}` : ''}`;
    const words = forecastWords(cell, as_of);
    return `${name}${t('colon')}${valueText(cell)}${words && cell.state !== 'done' ? `${t('join')}${words}` : `${t('join')}${t(`st_${cell.state}`)}`}`;
}

function Facts({ cell, pace, as_of, alert }) {
    const unit = pace?.unit || '';
    return (
        <dl class="facts">
            <div>
                <dt>{t('fact_value')}</dt>
                <dd>
                    {number(cell.value)} / {number(cell.planned)}
                </dd>
                <dd class="quiet">{cell.deviation_points !== null ? t('points_unit', { n: points(cell.deviation_points) }) : t(`st_${cell.state}`)}</dd>
            </div>
            <div>
                <dt>{t('fact_forecast')}</dt>
                {cell.forecast ? (
                    <>
                        <dd>{third(cell.forecast.median, as_of)}</dd>
                        <dd class="quiet">{t('fact_forecast_n', { low: third(cell.forecast.low, as_of), high: third(cell.forecast.high, as_of), n: cell.forecast.n })}</dd>
                    </>
                ) : (
                    <dd class="quiet">{cell.forecast_refused ? t('refused', { why: t(`r_${cell.forecast_refused}`) }) : '—'}</dd>
                )}
            </div>
            <div>
                <dt>{t('fact_pace')}</dt>
                {pace?.needed ? (
                    <>
                        <dd>
                            {number(pace.needed)} <small>{unit}</small>
                        </dd>
                        <dd class="quiet">
                            {pace.best ? t('fact_best', { best: number(pace.best), month: period(pace.best_month, as_of) }) : ''}
                            {pace.best && +pace.needed > +pace.best && t('fact_never')}
                        </dd>
                    </>
                ) : (
                    <dd class="quiet">{t('fact_pace_none')}</dd>
                )}
            </div>
            <div>
                <dt>{t('fact_next')}</dt>
                {alert?.next_step ? (
                    <>
                        <dd>
                            {rungWords(alert.next_step.rung)}
                        </dd>
                        <dd class="quiet">{day(alert.next_step.on, as_of)}</dd>
                    </>
                ) : (
                    <dd class="quiet">{t('fact_next_none')}</dd>
                )}
            </div>
        </dl>
    );
}

function DataTable({ series, as_of }) {
    return (
        <details>
            <summary>{t('data_table')}</summary>
            <Table
                caption={t('data_table')}
                columns={[
                    ['t_as_of', ''],
                    ['t_value', 'right'],
                    ['t_plan', 'right'],
                    ['t_known', ''],
                    ['t_kind', ''],
                ]}
                cls="compact"
            >
                {[...series.points].reverse().map((point, i) => {
                    const plan = plannedOn(series.plan, utc(point.as_of));
                    return (
                        <Row key={i} cls={point.standing ? '' : 'struckrow'}>
                            <Cell head>{day(point.as_of, as_of)}</Cell>
                            <Cell cls="right num">{point.standing ? number(point.value) : <s>{number(point.value)}</s>}</Cell>
                            <Cell cls="right num">{plan === null ? '—' : number(String(Math.round(plan * 100) / 100))}</Cell>
                            <Cell>{day(dayOf(point.known_at), as_of)}</Cell>
                            <Cell>
                                {t(`e_${point.kind}`)}
                                {!point.standing && `${t('join')}${t('curve_replaced')}`}
                            </Cell>
                        </Row>
                    );
                })}
            </Table>
        </details>
    );
}

function CurvePanel({ doc, cell, series, alert }) {
    const pace = (doc.pace || []).find((one) => one.area === cell.area);
    return (
        <Panel id="curve" title={t('curve_title')} note={doc.target.unit ? t('curve_unit', { unit: doc.target.unit }) : null} cls="main">
            {!series ? (
                <p class="quiet">{t('loading')}</p>
            ) : series.drawable ? (
                <Curve series={series} as_of={doc.as_of} label={t('curve_label', { area: cell.area_name })} key={cell.area} />
            ) : (
                <p class="nocurve">
                    {t('curve_none', { why: '' })}
                    <Said text={series.not_drawable} />
                </p>
            )}
            <Facts cell={cell} pace={pace} as_of={doc.as_of} alert={alert} />
            <p class="why">
                <b>{t('why_title')}</b> <Said text={cell.why} />
            </p>
            <p class="acts">
                <a class="button" href={to(explainPath(cell.target, cell.area))}>
                    {t('where_from')}
                </a>
                {lightOf(cell) === 'proposed_red' && <Act verb="release" subject={`${cell.area_name} ${doc.target.name}`} fixed={{ target: cell.target, area: cell.area }} />}
                <Act verb="override" subject={`${cell.area_name} ${doc.target.name}`} fixed={{ target: cell.target, area: cell.area }} />
            </p>
            {series && series.points.length > 0 && <DataTable series={series} as_of={doc.as_of} />}
        </Panel>
    );
}

function Allocation({ doc, chosen }) {
    const { allocation, city } = doc;
    return (
        <Panel id="allocation" title={t('allocation_title')} note={doc.sample ? t('sample_short') : null}>
            <Table
                caption={t('allocation_title')}
                columns={[
                    ['c_area', ''],
                    ['c_share', 'right'],
                    ['c_done', 'right'],
                    ['c_points', 'right'],
                ]}
                cls="compact"
            >
                {doc.cells
                    .filter((cell) => cell.state !== 'no_task')
                    .map((cell) => (
                        <Row key={cell.area} cls={`${cell.area === chosen ? 'chosen' : ''} ${cell.report_state === 'missing' ? 'stale' : ''}`}>
                            <Cell head>
                                <Lamp of={lightOf(cell)} word="hidden" />{' '}
                                <a href={to(targetPath(doc.target.code), { area: cell.area })} aria-current={cell.area === chosen ? 'true' : undefined}>
                                    {cell.area_name}
                                </a>{' '}
                                <Flags cell={cell} />
                            </Cell>
                            <Cell cls="right num" label={t('c_share')}>
                                {number(cell.goal)}
                            </Cell>
                            <Cell cls="right num" label={t('c_done')}>
                                <a href={to(explainPath(cell.target, cell.area))}>{cell.kind === 'milestone' ? valueText(cell) : number(cell.value)}</a>
                            </Cell>
                            <Cell cls="right num" label={t('c_points')}>
                                {cell.deviation_points === null ? '—' : t('points_unit', { n: points(cell.deviation_points) })}
                            </Cell>
                        </Row>
                    ))}
                {city && (
                    <Row cls="total">
                        <Cell head>
                            <Lamp of={lightOf(city)} word="hidden" /> {city.area_name || t('city')}
                        </Cell>
                        <Cell cls="right num" label={t('c_share')}>
                            {number(city.goal)}
                        </Cell>
                        <Cell cls="right num" label={t('c_done')}>
                            {city.value === null ? '—' : number(city.value)}
                        </Cell>
                        <Cell cls="right num" label={t('c_points')}>
                            {city.deviation_points === null ? '—' : t('points_unit', { n: points(city.deviation_points) })}
                        </Cell>
                    </Row>
                )}
            </Table>
            {city && city.counties_expected !== null && (
                <p class="quiet">
                    {[city.counties_in < city.counties_expected ? t('counties_missing', { n: city.counties_expected - city.counties_in }) : null, city.unfinished?.length ? t('counties_unfinished', { n: city.unfinished.length }) : null].filter(Boolean).join(t('join'))} <Flags cell={city} />
                </p>
            )}
            {allocation?.words && (
                <p class="quiet">
                    <Said text={allocation.words} />
                </p>
            )}
        </Panel>
    );
}

function Multiples({ doc, series }) {
    const drawn = series.filter((one) => one.drawable && standing(one).length && +one.goal);
    if (drawn.length < 2) return null;
    const boxes = drawn.map((one) => extent(one, doc.as_of));
    const most = Math.max(...drawn.flatMap((one) => standing(one).map((p) => (100 * parseFloat(p.value)) / parseFloat(one.goal))));
    const box = { from: Math.min(...boxes.map((one) => one.from)), to: Math.max(...boxes.map((one) => one.to)), least: 0, most: Math.min(160, most) };
    return (
        <Panel id="multiples" title={t('all_areas')} note={t('all_areas_note')} cls="main">
            <ul class="multiples">
                {drawn.map((one) => {
                    const cell = doc.cells.find((row) => row.area === one.area);
                    if (!cell) return null;
                    return (
                        <li key={one.area}>
                            <a href={to(targetPath(doc.target.code), { area: one.area })}>
                                <Lamp of={lightOf(cell)} word="hidden" /> <b>{cell.area_name}</b> <span class="num">{`${number(cell.value)} / ${number(cell.goal)}`}</span>
                                <MiniCurve series={one} as_of={doc.as_of} box={box} />
                            </a>
                        </li>
                    );
                })}
            </ul>
        </Panel>
    );
}

function Pace({ doc }) {
    const rows = (doc.pace || []).filter((one) => one.needed !== null);
    if (!rows.length) return null;
    const name = Object.fromEntries(doc.cells.map((cell) => [cell.area, cell.area_name]));
    return (
        <Panel id="pace" title={t('pace_title')}>
            <Table
                caption={t('pace_title')}
                columns={[
                    ['c_area', ''],
                    ['c_needed', 'right'],
                    ['c_best', 'right'],
                ]}
                cls="compact"
            >
                {rows.map((one) => (
                    <Row key={one.area}>
                        <Cell head>{name[one.area]}</Cell>
                        <Cell cls="right num" label={t('c_needed')}>
                            {number(one.needed)} <small>{one.unit}</small>
                        </Cell>
                        <Cell cls="right num" label={t('c_best')}>
                            {one.best === null ? '—' : number(one.best)} {one.best_month && <small>{period(one.best_month, doc.as_of)}</small>} {one.best !== null && +one.needed > +one.best && <Tag cls="warn">{t('never')}</Tag>}
                        </Cell>
                    </Row>
                ))}
            </Table>
        </Panel>
    );
}

export function TargetPage({ code, params }) {
    const { data: doc, problem } = useDocument(documentPath(`targets/${encodeURIComponent(code)}`));
    const { data: all } = useDocument(documentPath(`targets/${encodeURIComponent(code)}/series`));
    if (!doc) return { doc, problem };
    const rows = doc.cells.filter((cell) => cell.state !== 'no_task');
    const wanted = params.get('area');
    const candidates = doc.city && (wanted === doc.city.area || !rows.length) ? [doc.city] : rows;
    const cell = candidates.find((one) => one.area === wanted) || worst(candidates);
    const series = all?.series.find((one) => one.area === cell?.area) || (all ? { drawable: false, not_drawable: null, points: [] } : null);
    const alerts = (doc.alerts || []).filter((alert) => alert.area === cell?.area);
    const { target, task } = doc;
    const text = finding(doc, cell);
    const body = (
        <>
            <Crumbs items={[[t('overview'), '/'], [`${task.no}. ${task.title}`, taskPath(task.code)], [target.code]]} />
            <Heading text={text} lamp={cell ? lightOf(cell) : null}>
                {cell && <Flags cell={{ ...cell, days_overdue: null }} />}
            </Heading>
            <p class="sub facts-line">
                <span>
                    {t(`k_${target.kind}`)}
                    {target.value !== null && target.kind !== 'milestone' && ` · ${t(target.comparator === '<=' ? 'at_most' : target.comparator === '==' ? 'exactly' : 'at_least')} ${number(target.value)} ${target.unit || ''}`}
                </span>
                {target.firmness && target.firmness !== 'hard' && target.firmness_word && <Tag>{target.firmness_word}</Tag>}
                <span>{cell?.due && `${t('c_due')} `}{cell ? <Due due={cell.due} was={cell.due_original} as_of={doc.as_of} done={cell.state === 'done'} /> : null}</span>
                <span>
                    {t('leads', { who: '' })}
                    <Units names={task.leads} /> {!task.lead_confirmed && <Tag cls="warn">{t('lead_unconfirmed')}</Tag>}
                </span>
            </p>
            <div class="split target">
                <div class="column main">
                    {cell && <CurvePanel doc={doc} cell={cell} series={series} alert={alerts.find((alert) => alert.next_step)} />}
                    {all && <Multiples doc={doc} series={all.series} />}
                </div>
                <div class="aside">
                    <Allocation doc={doc} chosen={cell?.area} />
                    <Pace doc={doc} />
                    {alerts.length > 0 && (
                        <Panel id="alerts" title={t('alerts_of')}>
                            <AlertTable alerts={alerts} as_of={doc.as_of} brief />
                        </Panel>
                    )}
                </div>
            </div>
        </>
    );
    return { doc, problem, body };
}
