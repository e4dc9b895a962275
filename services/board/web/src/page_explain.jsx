// Light ← rule and inputs ← figure ← events ← row of the file. Everything that was ever said of the cell stays listed.
import { Act } from './actions.jsx';
import { documentPath, useDocument } from './api.js';
import { day, moment, number, points } from './format.js';
import { Crumbs } from './page_area.jsx';
import { Cell, figure, Flags, Heading, Lamp, lightOf, Panel, Row, Said, Table, Value, valueText } from './parts.jsx';
import { explainPath, targetPath, to } from './router.js';
import { english, t } from './words.js';

const corrected = (event) => event.standing === 'replaced';

function Chain({ doc, cell }) {
    const said = doc.events.length;
    const corrections = doc.events.filter((event) => event.kind === 'correction' || event.kind === 'retraction').length;
    const steps = [
        <>
            <Lamp of={lightOf(cell)} /> {t(`l_${lightOf(cell)}`)} {cell.rule && <span class="quiet">{t('explain_rule', { rule: cell.rule, version: cell.rules_version || '' })}</span>} {cell.deviation_points !== null && t('points_unit', { n: points(cell.deviation_points) })}
        </>,
        <Value cell={cell} as_of={doc.as_of} />,
        <>
            {doc.parts?.length ? t('explain_parts', { n: doc.parts.length }) : t('explain_events', { n: number(said) })}
            {corrections > 0 && `${t('join')}${t('explain_corrections', { n: corrections })}`}
        </>,
        doc.chain ? doc.chain.whole ? <span class="fine">✓ {t('chain_whole', { n: number(doc.chain.events) })}</span> : <b class="broken">✗ {t('chain_broken', { n: number(doc.chain.breaks) })}</b> : null,
    ].filter(Boolean);
    return (
        <ol class="chain">
            {steps.map((step, i) => (
                <li key={i}>{step}</li>
            ))}
        </ol>
    );
}

function Inputs({ cell, as_of }) {
    const { inputs } = cell;
    if (!inputs) return null;
    const rows = [
        ['i_value', number(inputs.value)],
        ['i_planned', number(inputs.planned)],
        ['i_points', inputs.points === null ? '—' : t('points_unit', { n: points(inputs.points) })],
        ['i_units', number(inputs.units_behind)],
        ['i_days', inputs.days_behind === null ? '—' : t('days', { n: inputs.days_behind })],
        ['i_reports', number(inputs.reports)],
        ['i_threshold', inputs.threshold?.behind ? t('points_unit', { n: number(inputs.threshold.behind) }) : '—'],
        ['c_due', cell.due ? day(cell.due, as_of) : t('due_none')],
    ];
    return (
        <dl class="facts inputs">
            {rows.map(([key, value]) => (
                <div key={key}>
                    <dt>{t(key)}</dt>
                    <dd>{value}</dd>
                </div>
            ))}
        </dl>
    );
}

function EventRow({ event, as_of, step, subject }) {
    const gone = corrected(event);
    return (
        <Row cls={gone ? 'struckrow' : ''}>
            <Cell cls="num" label={t('c_seq_stream')}>
                {number(event.seq)} <small class="code">{event.stream}</small>
            </Cell>
            <Cell label={t('t_as_of')}>{event.as_of ? day(event.as_of, as_of) : '—'}</Cell>
            <Cell label={t('t_known')}>{moment(event.known_at, as_of)}</Cell>
            <Cell cls="right num" label={t('t_value')}>
                {event.figure === null ? '—' : gone ? <s>{figure(event.figure)}</s> : <b>{figure(event.figure)}</b>}
                {step !== null && <small> {step}</small>}
            </Cell>
            <Cell cls="mono source" label={t('c_source')}>
                <Said text={event.file ? `${event.file}${event.place || ''}` : '—'} />
                {event.raw && event.raw !== event.figure && (
                    <small>
                        {' '}
                        “<Said text={event.raw} />”
                    </small>
                )}
            </Cell>
            <Cell cls="mono" label={t('c_hash')}>
                {event.file_hash ? event.file_hash.slice(0, 8) : '—'}
            </Cell>
            <Cell head cls="status" label={t('c_status')}>
                {(english() || !event.words) && t(`v_${event.standing}`)} <Said text={event.words} />
                {event.reason && (
                    <small class="block">
                        {t('x_reason')}
                        {t('colon')}
                        <Said text={event.reason} />
                    </small>
                )}
                {event.note && event.note !== '样例数据' && (
                    <small class="block">
                        <Said text={event.note} />
                    </small>
                )}
                {event.standing === 'held' && <Act verb="confirm" subject={`${subject} ${figure(event.figure)} ${day(event.as_of, as_of)}`} fixed={{ uid: event.uid }} />}
                {event.standing === 'decision' && event.kind !== 'reversal' && !event.words.endsWith('（已收回）') && <Act verb="reverse" subject={`${subject} ${event.words}`} fixed={{ uid: event.uid }} />}
            </Cell>
        </Row>
    );
}

// "+2.5": what a report added to the one before by as-of day; texts of fractions and states have none.
function steps(events) {
    const standing = events.filter((event) => event.standing === 'standing' && event.as_of && /^-?\d+(\.\d+)?$/.test(event.figure || '')).sort((a, b) => (a.as_of < b.as_of ? -1 : 1));
    const of = new Map();
    standing.forEach((event, i) => {
        if (!i) return;
        const decimals = Math.max(...[event, standing[i - 1]].map((one) => (one.figure.split('.')[1] || '').length));
        of.set(event.uid, points((+event.figure - +standing[i - 1].figure).toFixed(decimals)));
    });
    return { of, last: standing[standing.length - 1] || null };
}

function Events({ doc, subject }) {
    const { of, last } = steps(doc.events);
    const { cell } = doc;
    const events = [...doc.events].sort((a, b) => (a.known_at < b.known_at ? 1 : a.known_at > b.known_at ? -1 : b.seq - a.seq));
    const made = doc.recomputed || (last && { value: last.figure, equal: last.figure === cell.value || last.figure.includes('/') || !/\d/.test(last.figure) });
    return (
        <Panel id="events" title={t('events_title')} note={t('events_note')}>
            <Table
                caption={t('events_title')}
                columns={[
                    ['c_seq_stream', ''],
                    ['t_as_of', ''],
                    ['t_known', ''],
                    ['t_value', 'right'],
                    ['c_source', ''],
                    ['c_hash', ''],
                    ['c_status', ''],
                ]}
                cls="events"
            >
                {events.map((event) => (
                    <EventRow key={event.uid} event={event} as_of={doc.as_of} step={of.get(event.uid) ?? null} subject={subject} />
                ))}
                {made && last && (
                    <Row cls="total">
                        <Cell head>{t('recomputed')}</Cell>
                        <Cell>{day(last.as_of, doc.as_of)}</Cell>
                        <Cell />
                        <Cell cls="right num">
                            <b>{number(made.value)}</b>
                        </Cell>
                        <Cell>{made.equal ? <span class="fine">✓ {t('recomputed_same')}</span> : t('recomputed_differs', { n: number(cell.value) })}</Cell>
                        <Cell />
                        <Cell />
                    </Row>
                )}
            </Table>
        </Panel>
    );
}

function Parts({ parts, doc }) {
    const made = doc.recomputed;
    return (
        <Panel id="parts" title={t('parts_title')}>
            <Table
                caption={t('parts_title')}
                columns={[
                    ['c_area', ''],
                    ['c_value', ''],
                    ['t_as_of', ''],
                ]}
                cls="compact"
            >
                {parts.map((part) => (
                    <Row key={part.area} cls={part.stale || part.report_state === 'missing' ? 'stale' : ''}>
                        <Cell head>
                            {part.lamp && <Lamp of={part.lamp} word="hidden" />} <a href={to(explainPath(doc.cell.target, part.area))}>{part.area_name || part.area}</a>
                        </Cell>
                        <Cell label={t('c_value')}>{part.goal !== undefined ? <Value cell={{ counties_in: null, ...part }} as_of={doc.as_of} plain /> : number(part.value)}</Cell>
                        <Cell label={t('t_as_of')}>{day(part.figure_as_of || part.as_of, doc.as_of)}</Cell>
                    </Row>
                ))}
                {made && (
                    <Row cls="total">
                        <Cell head>{t('recomputed')}</Cell>
                        <Cell>{number(made.value)}</Cell>
                        <Cell>{made.equal ? <span class="fine">✓ {t('recomputed_same')}</span> : t('recomputed_differs', { n: number(doc.cell.value) })}</Cell>
                    </Row>
                )}
            </Table>
        </Panel>
    );
}

export function ExplainPage({ code, area }) {
    const { data: doc, problem } = useDocument(documentPath(`explain/${encodeURIComponent(code)}/${encodeURIComponent(area)}`));
    if (!doc) return { doc, problem };
    const { cell } = doc;
    const areaName = doc.area?.name || cell.area_name || cell.area;
    const target = doc.target?.name || cell.target_name || cell.target;
    const lamp = lightOf(cell);
    const subject = `${areaName} ${target}`;
    const body = (
        <>
            <Crumbs items={[[t('overview'), '/'], [`${cell.target} ${target}`, `${targetPath(cell.target)}`], [t('explain')]]} />
            <Heading text={cell.value === null ? t('explain_heading_none', { area: subject, light: t(`l_${lamp}`) }) : t('explain_heading', { area: subject, value: valueText(cell) })} lamp={lamp}>
                <Flags cell={cell} />
            </Heading>
            <p class="sub">
                <Said text={doc.why || cell.why} />
            </p>
            <Chain doc={doc} cell={cell} />
            <p class="acts">
                <a class="button" href={to(targetPath(cell.target), { area: cell.area })}>
                    {t('curve_title')}
                </a>
                {lamp === 'proposed_red' && <Act verb="release" subject={subject} fixed={{ target: cell.target, area: cell.area }} />}
                {cell.close_out === 'claimed' && <Act verb="close-out-check" subject={subject} fixed={{ target: cell.target, area: cell.area }} />}
                {cell.close_out === 'lead_checked' && <Act verb="close-out-verify" subject={subject} fixed={{ target: cell.target, area: cell.area }} />}
                <Act verb="override" subject={subject} fixed={{ target: cell.target, area: cell.area }} />
            </p>
            {cell.override && (
                <p class="sub">
                    <Said text={t('override_words', { by: cell.override.by, light: t(`l_${cell.override.light}`), until: day(cell.override.until, doc.as_of), reason: cell.override.reason, computed: t(`l_${cell.computed_light}`) })} />
                </p>
            )}
            {doc.parts?.length > 0 && <Parts parts={doc.parts} doc={doc} />}
            {doc.events.length > 0 && <Events doc={doc} subject={subject} />}
            <div class="pair">
                <Panel id="inputs" title={t('inputs_title')}>
                    <Inputs cell={cell} as_of={doc.as_of} />
                </Panel>
                {doc.answers?.length > 0 && (
                    <Panel id="answers" title={t('answers_title')}>
                        <ul class="plainlist">
                            {doc.answers.map((answer, i) => (
                                <li key={i}>
                                    <Said text={answer.words || [answer.who, answer.reason, answer.text].filter(Boolean).join(' ')} /> <small>{answer.at || answer.known_at ? moment(answer.at || answer.known_at, doc.as_of) : ''}</small>
                                </li>
                            ))}
                        </ul>
                    </Panel>
                )}
            </div>
        </>
    );
    return { doc, problem, body };
}
