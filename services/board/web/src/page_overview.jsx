// What is late, what will be late, who is silent: the office's morning in one screen.
import { useDocument, documentPath } from './api.js';
import { DecisionActs, decisionTitle } from './actions.jsx';
import { day, dayOf, number } from './format.js';
import { Legend, Matrix } from './matrix.jsx';
import { Counters, finding, Heading, Lamp, ListRow, Panel, Said, silenceWords, WRONG } from './parts.jsx';
import { Units } from './page_task.jsx';
import { explainPath, targetPath, taskPath, areaPath, to } from './router.js';
import { ProvinceGrid, TileMap } from './tiles.jsx';
import { english, t } from './words.js';

const nameOf = (doc, code, fallback) => doc.areas.find((area) => area.code === code)?.name || fallback;

export function overviewFinding(doc) {
    const late = finding(doc.counts);
    const silent = doc.silences.slice(0, 2).map((one) => silenceWords(one, nameOf(doc, one.area, one.unit), doc.as_of));
    if (doc.silences.length > 2) silent.push(t('silence_more', { n: doc.silences.length }));
    return late + t('stop') + (silent.length ? silent.join(t('join')) : t('h_complete'));
}

const sum = (counts) => ['red', 'proposed_red', 'yellow', 'grey', 'blue', 'green', 'undated'].reduce((n, light) => n + (counts[light] || 0), 0);

function Complete({ doc, areas }) {
    const { reports } = doc;
    return (
        <Panel id="complete" title={t('complete_title')} note={[t('complete_counts', { in: reports.counties_in, of: reports.counties_expected }), reports.departments_expected > 0 ? t('complete_departments', { in: reports.departments_in, of: reports.departments_expected }) : null].filter(Boolean).join(t('list'))}>
            {doc.silences.length > 0 && (
                <ul class="plainlist silences">
                    {doc.silences.slice(0, 6).map((one) => (
                        <li key={`${one.stream} ${one.area}`}>
                            <b class="tag warn">{t(`q_${one.state}`)}</b>{' '}
                            {one.area ? <a href={to(areaPath(one.area))}>{nameOf(doc, one.area, one.unit)}</a> : <Said text={one.unit} />}{' '}
                            <span class="quiet">
                                {silenceWords(one, '', doc.as_of)}
                                {one.since && `${t('stop')}${t('silence_since', { day: day(one.since, doc.as_of) })}`}
                            </span>
                        </li>
                    ))}
                </ul>
            )}
            {areas && <TileMap areas={doc.areas} />}
        </Panel>
    );
}

function Decisions({ doc }) {
    const total = doc.decisions_total ?? doc.decisions.length;
    return (
        <Panel id="decisions" title={t('decisions_title')} note={total ? t('items', { n: number(total) }) : null}>
            {doc.decisions.length === 0 && <p class="quiet">{t('decisions_none')}</p>}
            <ul class="plainlist decisions">
                {doc.decisions.map((item, i) => (
                    <li key={item.id || `${item.kind}${item.target}${item.area}${i}`}>
                        <span class="what">
                            {item.target ? (
                                <a href={to(explainPath(item.target, item.area))}>
                                    <Said text={decisionTitle(item)} />
                                </a>
                            ) : (
                                <Said text={decisionTitle(item)} />
                            )}
                            {item.detail && (
                                <small class="block">
                                    <Said text={item.detail} />
                                </small>
                            )}
                        </span>
                        <span class="acts">
                            <DecisionActs item={item} />
                        </span>
                    </li>
                ))}
            </ul>
        </Panel>
    );
}

const lampOfSide = (side) => (side.proposed_light === 'red' && side.light !== 'red' ? 'proposed_red' : side.light);

function Changes({ doc }) {
    const total = doc.changes_total ?? doc.changes.length;
    const one = (change) => (
        <li key={`${change.target} ${change.area}`}>
            <span class="move">
                <Lamp of={change.lamp_before || lampOfSide(change.before)} word="hidden" />
                <span aria-hidden="true">→</span>
                <Lamp of={change.lamp_after || lampOfSide(change.after)} word="hidden" />
            </span>
            <a href={to(targetPath(change.target), { area: change.area })}>
                <Said text={change.words} />
            </a>
        </li>
    );
    return (
        <Panel id="changes" title={t('changes_title', { day: day(dayOf(doc.changes_since), doc.as_of) })} note={total ? t('places', { n: number(total) }) : null}>
            {total === 0 && !(doc.changes_silent || []).length && <p class="quiet">{t('changes_none')}</p>}
            {(doc.changes_silent || []).length > 0 && (
                <ul class="plainlist">
                    {doc.changes_silent.map((silent) => (
                        <li key={silent.area}>
                            <a href={to(areaPath(silent.area))}>{nameOf(doc, silent.area, silent.area)}</a> <span class="quiet">{silent.began > 0 ? t('change_silent', { n: silent.began }) : t('change_spoke', { n: silent.ended })}</span>
                        </li>
                    ))}
                </ul>
            )}
            <ul class="plainlist changes">{doc.changes.slice(0, 6).map(one)}</ul>
            {doc.changes.length > 6 && (
                <details>
                    <summary>{t('more', { n: number(total - 6) })}</summary>
                    <ul class="plainlist changes">{doc.changes.slice(6).map(one)}</ul>
                </details>
            )}
        </Panel>
    );
}

function ComingItem({ one, as_of }) {
    const address = one.target ? to(targetPath(one.target), { area: one.area }) : to('/alerts');
    return (
        <li>
            <b class="num">{one.days > 0 ? t('in_days', { n: one.days }) : t('today')}</b>
            <span>
                <a href={address}>
                    {english() && `${t(`o_${one.kind}`, { n: one.count })}${t('colon')}`}
                    <Said text={one.words} />
                </a>{' '}
                <small>{day(one.on, as_of)}</small>
            </span>
            {one.late > 0 && <small class="late">{t('late_of', { n: one.late })}</small>}
        </li>
    );
}

function Coming({ doc }) {
    const list = (items) => (
        <ol class="plainlist coming">
            {items.map((one, i) => (
                <ComingItem key={i} one={one} as_of={doc.as_of} />
            ))}
        </ol>
    );
    return (
        <Panel id="coming" title={t('coming_title')} note={t('coming_note')}>
            {doc.coming.length === 0 && <p class="quiet">{t('coming_none')}</p>}
            {list(doc.coming.slice(0, 8))}
            {doc.coming.length > 8 && (
                <details>
                    <summary>{t('more', { n: number(doc.coming.length - 8) })}</summary>
                    {list(doc.coming.slice(8))}
                </details>
            )}
        </Panel>
    );
}

function WideTasks({ doc }) {
    return (
        <Panel id="tasklist" title={t('task_list_title')} cls="main">
            <ul class="plainlist tasklist">
                {doc.tasks.map((task) => (
                    <ListRow key={task.code} to={to(taskPath(task.code))} no={task.no} name={task.title} counts={task.counts} of={WRONG} />
                ))}
            </ul>
        </Panel>
    );
}

export function OverviewPage({ params }) {
    const { data: doc, problem } = useDocument(documentPath('overview', { under: params.get('under') }));
    if (!doc) return { doc, problem };
    const wide = doc.areas.some((area) => area.marks);
    const counties = wide ? doc.areas.reduce((n, area) => n + area.marks.length, 0) : doc.areas.filter((area) => !area.city).length;
    const facts = { tasks: doc.tasks.length, areas: number(counties), cells: number(sum(doc.counts)), grey: number(doc.counts.grey), undated: number(doc.counts.undated) };
    const body = (
        <>
            <div class="top">
                <div>
                    <Heading text={overviewFinding(doc)} />
                    <p class="sub">{t(wide ? 'overview_sub_wide' : 'overview_sub', facts)}</p>
                </div>
                <Counters counts={doc.counts} />
            </div>
            <div class={wide ? 'stack' : 'split'}>
                {wide && (
                    <Panel id="provinces" title={t('province_title')} note={t('province_note')} cls="main">
                        <ProvinceGrid areas={doc.areas} />
                        <Legend proposed={doc.counts.proposed_red > 0} />
                    </Panel>
                )}
                <div class="aside">
                    <Complete doc={doc} areas={!wide} />
                    <Decisions doc={doc} />
                    <Changes doc={doc} />
                    <Coming doc={doc} />
                </div>
                {wide ? (
                    <WideTasks doc={doc} />
                ) : (
                    <Panel id="matrix" title={t('matrix_title')} note={t('matrix_note')} cls="main">
                        <Matrix doc={doc} />
                        <Legend proposed={doc.counts.proposed_red > 0} />
                    </Panel>
                )}
            </div>
        </>
    );
    return { doc, problem, body };
}

// The lists behind “县区” and “任务”: the overview once more, as lists.
export function AreaListPage() {
    const { data: doc, problem } = useDocument(documentPath('overview'));
    if (!doc) return { doc, problem };
    const body = (
        <>
            <Heading text={`${t('area_list_title')}${t('colon')}${overviewFinding(doc)}`} />
            <Panel id="list" title={t('area_list_title')} note={t('list_note')}>
                {doc.areas.some((area) => area.marks) ? (
                    <ProvinceGrid areas={doc.areas} />
                ) : (
                    <ul class="plainlist rows">
                        {doc.areas.map((area) => (
                            <ListRow key={area.code} to={to(areaPath(area.code))} name={area.name} cls={area.silence ? 'hatch' : ''} counts={area.counts}>
                                <span class="quiet">{area.silence ? silenceWords(area.silence, '', doc.as_of) : ''}</span>
                            </ListRow>
                        ))}
                    </ul>
                )}
            </Panel>
        </>
    );
    return { doc, problem, body };
}

export function TaskListPage() {
    const { data: doc, problem } = useDocument(documentPath('overview'));
    if (!doc) return { doc, problem };
    const body = (
        <>
            <Heading text={`${t('tasks')}${t('colon')}${finding(doc.counts)}`} />
            {doc.groups.map((group) => (
                <Panel key={group.code} id={`g${group.code}`} title={group.name}>
                    <ul class="plainlist rows">
                        {doc.tasks
                            .filter((task) => task.group === group.code)
                            .map((task) => (
                                <ListRow key={task.code} to={to(taskPath(task.code))} no={task.no} name={task.title} counts={task.counts}>
                                    <span class="quiet">
                                        <Units names={task.leads} /> {!task.lead_confirmed && t('lead_unconfirmed')}
                                    </span>
                                </ListRow>
                            ))}
                    </ul>
                </Panel>
            ))}
        </>
    );
    return { doc, problem, body };
}
