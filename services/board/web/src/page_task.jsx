// The same table by task and by lead unit.
import { documentPath, useDocument } from './api.js';
import { AlertTable } from './page_alerts.jsx';
import { FiguresBySection, usualDay } from './figures.jsx';
import { day, number } from './format.js';
import { Crumbs } from './page_area.jsx';
import { Counters, finding, Heading, Lamp, lightOf, Pager, Panel, Said, Tag, Value } from './parts.jsx';
import { here, targetPath, taskPath, to, unitPath } from './router.js';
import { t } from './words.js';

export const Units = ({ names }) =>
    names.map((name, i) => (
        <span key={name}>
            {i > 0 && t('list')}
            <a href={to(unitPath(name))}>{name}</a>
        </span>
    ));

function Words({ words, as_of }) {
    if (!words) return <p class="quiet">{t('words_none')}</p>;
    return (
        <blockquote>
            <p>
                <Said text={words.text} />
            </p>
            <footer>{t('words_by', { who: words.reporter || '', day: day(words.as_of, as_of) })}</footer>
        </blockquote>
    );
}

function TargetList({ targets, as_of }) {
    return (
        <ul class="plainlist rows">
            {targets.map((target) => (
                <li key={target.code}>
                    <span>
                        {target.city_cell && <Lamp of={lightOf(target.city_cell)} word="hidden" />} <a href={to(targetPath(target.code))}>{target.name}</a> <small class="code">{target.code}</small>
                    </span>
                    <span class="quiet">{target.due ? t('due_on', { day: day(target.due, as_of) }) : t('due_none')}</span>
                    <span class="acts">{target.city_cell && target.city_cell.value !== null ? <Value cell={target.city_cell} as_of={as_of} plain /> : ''}</span>
                </li>
            ))}
        </ul>
    );
}

export function TaskPage({ code, params }) {
    const { data: doc, problem } = useDocument(documentPath(`tasks/${encodeURIComponent(code)}`, { after: here().searchParams.get('after') }));
    if (!doc) return { doc, problem };
    const { task } = doc;
    const only = params.get('area');
    const areas = Object.fromEntries(doc.cells.map((cell) => [cell.area, cell.area_short || cell.area_name]));
    const shown = only ? doc.cells.filter((cell) => cell.area === only) : doc.cells;
    const text = `${t('task_heading', { no: task.no, title: task.title })}${t('colon')}${doc.cells.length ? finding(doc.counts) : t('unmeasured')}`;
    const body = (
        <>
            <Crumbs items={[[t('overview'), '/'], [t('tasks'), '/tasks'], [`${task.no}`]]} />
            <div class="top">
                <div>
                    <Heading text={text} />
                    <p class="sub">
                        {t('leads', { who: '' })}
                        <Units names={task.leads} /> {!task.lead_confirmed && <Tag cls="warn">{t('lead_unconfirmed')}</Tag>} {task.participants?.length > 0 && `· ${t('participants', { n: task.participants.length })}`}
                    </p>
                </div>
                {doc.cells.length > 0 && <Counters counts={doc.counts} />}
            </div>
            {doc.cells.length > 0 && (
                <Panel id="figures" title={t('figures_title')} note={t('figures_note')}>
                    {only && (
                        <p>
                            {t('only_area', { area: areas[only] || only, n: number(shown.length) })} <a href={to(taskPath(code))}>{t('show_all', { n: number(doc.cells_total ?? doc.cells.length) })}</a>
                        </p>
                    )}
                    <FiguresBySection cells={shown} as_of={doc.as_of} areas={areas} caption={text} newest={usualDay(doc.cells)} />
                    <Pager next={doc.next} path={taskPath(code)} />
                </Panel>
            )}
            <div class="pair">
                {task.targets !== 0 && doc.targets.length > 0 && (
                    <Panel id="targets" title={t('targets_title')} note={t('city')}>
                        <TargetList targets={doc.targets} as_of={doc.as_of} />
                    </Panel>
                )}
                {(doc.words || doc.cells.length === 0) && (
                    <Panel id="words" title={t('latest_words')}>
                        <Words words={doc.words} as_of={doc.as_of} />
                    </Panel>
                )}
                {task.participants?.length > 0 && (
                    <Panel id="participants" title={t('participants_list')} note={t('items', { n: task.participants.length })}>
                        <p class="prose">
                            <Units names={task.participants} />
                        </p>
                        {task.note && (
                            <p class="quiet prose">
                                <Said text={task.note} />
                            </p>
                        )}
                    </Panel>
                )}
            </div>
        </>
    );
    return { doc, problem, body };
}

const roleOf = (task) => (Array.isArray(task.role) ? task.role : [task.role]).map((role) => t(`role_${role}`)).join(t('list'));

export function UnitPage({ code: name }) {
    const { data: doc, problem } = useDocument(documentPath(`units/${encodeURIComponent(name)}`, { after: here().searchParams.get('after') }));
    if (!doc) return { doc, problem };
    const lead = doc.tasks.filter((task) => roleOf(task).includes(t('role_lead'))).length;
    const areas = Object.fromEntries(doc.cells.map((cell) => [cell.area, cell.area_short || cell.area_name]));
    const text = `${doc.unit.name}${t('colon')}${doc.cells.length ? finding(doc.counts) : t('unit_sub', { lead, part: doc.tasks.length - lead })}`;
    const body = (
        <>
            <Crumbs items={[[t('overview'), '/'], [t('units')], [doc.unit.name]]} />
            <div class="top">
                <div>
                    <Heading text={text} />
                    <p class="sub">{t('unit_sub', { lead, part: doc.tasks.length - lead })}</p>
                </div>
                {doc.cells.length > 0 && <Counters counts={doc.counts} />}
            </div>
            {doc.cells.length > 0 && (
                <Panel id="figures" title={t('figures_title')} note={t('figures_note')}>
                    <FiguresBySection cells={doc.cells} as_of={doc.as_of} areas={areas} caption={text} newest={usualDay(doc.cells)} />
                    <Pager next={doc.next} path={unitPath(name)} />
                </Panel>
            )}
            <div class="pair">
                <Panel id="tasks" title={t('unit_tasks')} note={t('items', { n: doc.tasks.length })}>
                    <ul class="plainlist rows">
                        {doc.tasks.map((task) => (
                            <li key={task.code}>
                                <a href={to(taskPath(task.code))}>
                                    <span class="no">{task.no}</span> {task.title}
                                </a>
                                <span class="quiet">
                                    {roleOf(task)} {!task.lead_confirmed && t('lead_unconfirmed')}
                                </span>
                            </li>
                        ))}
                    </ul>
                </Panel>
                <Panel id="alerts" title={t('alerts_of')}>
                    {doc.alerts.length ? <AlertTable alerts={doc.alerts} as_of={doc.as_of} brief /> : <p class="quiet">{t('alerts_none')}</p>}
                </Panel>
            </div>
        </>
    );
    return { doc, problem, body };
}
