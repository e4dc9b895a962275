// What was said to whom, how far up the ladder it is, and what comes next and when.
import { Act } from './actions.jsx';
import { documentPath, useDocument } from './api.js';
import { day, dayOf, daysBetween, number } from './format.js';
import { Cell, Heading, isCard, Ladder, Pager, Panel, Row, rungWords, Said, Table, Tag } from './parts.jsx';
import { areaPath, targetPath, to, unitPath } from './router.js';
import { english, t } from './words.js';

const subjectOf = (alert) => (alert.area_name ? '' : alert.subject) || [alert.area_name, alert.target_name || alert.period || alert.stream].filter(Boolean).join(' ');
const linkOf = (alert) => (alert.target ? to(targetPath(alert.target), { area: alert.area }) : alert.area ? to(areaPath(alert.area)) : null);

// The line as it went out, without its state word and what the row says already.
function Line({ alert }) {
    if (!alert.line) return null;
    return (
        <small class="block">
            <Said text={alert.line.replace(/^【[^】]*】/, '')} />
        </small>
    );
}

function NextStep({ alert, as_of }) {
    if (alert.state === 'promised' && alert.promise)
        return (
            <>
                {t('promise_words', { who: '', day: day(alert.promise.by_day, as_of) }).replace(/^[：:]\s*/, '')}
                <small class="block">
                    <Said text={[alert.promise.who, alert.promise.text].filter(Boolean).join(t('colon'))} />
                </small>
            </>
        );
    if (alert.state === 'resolved') return alert.resolved_at ? day(dayOf(alert.resolved_at), as_of) : '—';
    if (alert.state === 'suppressed') return english() ? alert.cause.replace(/_/g, ' ') : <Said text={alert.cause_word} />;
    if (!alert.next_step) return <span class="quiet">—</span>;
    return (
        <>
            {rungWords(alert.next_step.rung)} {day(alert.next_step.on, as_of)}
        </>
    );
}

const COLUMNS = {
    open: 'c_next',
    promised: 'c_promise',
    suppressed: 'c_cause',
    resolved: 'c_resolved',
};

export function AlertTable({ alerts, as_of, brief, state }) {
    const columns = [
        ['c_alert', ''],
        ...(brief ? [] : [['c_lead', '']]),
        ['c_since', ''],
        ['c_rung', ''],
        [COLUMNS[state] || 'c_next', ''],
        ...(brief ? [] : [['c_act', '']]),
    ];
    return (
        <Table caption={t('alerts')} columns={columns} cls="alerts">
            {alerts.map((alert) => (
                <Row key={alert.id}>
                    <Cell head cls="name">
                        <Tag>{t(`w_${alert.rule}`)}</Tag> {linkOf(alert) ? <a href={linkOf(alert)}>{subjectOf(alert)}</a> : <Said text={subjectOf(alert)} />} {brief && alert.state !== 'open' && <Tag>{t(`a_${alert.state}`)}</Tag>}
                        {!brief && <Line alert={alert} />}
                        {alert.number && <small class="code">{alert.number}</small>}
                    </Cell>
                    {!brief && <Cell label={t('c_lead')}>{alert.unit ? <a href={to(unitPath(alert.unit))}>{alert.unit}</a> : '—'}</Cell>}
                    <Cell label={t('c_since')}>
                        {day(dayOf(alert.opened_at), as_of)} <small>{t('days', { n: number(Math.max(0, daysBetween(dayOf(alert.opened_at), as_of))) })}</small>
                    </Cell>
                    <Cell label={t('c_rung')}>
                        <Ladder rung={alert.rung} issued={alert.issued} />
                    </Cell>
                    <Cell label={t(COLUMNS[state] || 'c_next')}>
                        <NextStep alert={alert} as_of={as_of} />
                    </Cell>
                    {!brief && (
                        <Cell cls="actcell">
                            {alert.state === 'open' && alert.number && <Act verb="promise" subject={subjectOf(alert)} fixed={{ number: alert.number }} />}
                            {alert.state !== 'resolved' && alert.target && <Act verb="mute" subject={subjectOf(alert)} fixed={{ target: alert.target, area: alert.area }} />}
                            {alert.state === 'open' && isCard(alert.rung) && alert.issued !== alert.rung && <Act verb="issue" subject={subjectOf(alert)} fixed={{ target: alert.target, area: alert.area }} preset={{ level: alert.rung }} />}
                        </Cell>
                    )}
                </Row>
            ))}
        </Table>
    );
}

const STATES = ['open', 'promised', 'suppressed', 'resolved'];

export function AlertsPage({ params }) {
    const state = STATES.includes(params.get('state')) ? params.get('state') : 'open';
    const { data: doc, problem } = useDocument(documentPath('alerts', { state, area: params.get('area'), after: params.get('after') }));
    if (!doc) return { doc, problem };
    const cards = state === 'open' ? doc.alerts.filter((alert) => isCard(alert.rung)).length : 0;
    const text = doc.counts.open ? t('alerts_heading', { n: number(doc.counts.open) }) + (cards ? `${t('join')}${t('alerts_cards', { n: cards })}` : '') : t('alerts_calm');
    const body = (
        <>
            <Heading text={text} />
            <p class="sub">{t('alerts_sub')}</p>
            <nav class="tabs" aria-label={t('alerts')}>
                {STATES.map((one) => (
                    <a key={one} href={to('/alerts', { state: one === 'open' ? null : one })} aria-current={one === state ? 'page' : undefined}>
                        {t(`a_${one}`)} <span class="num">{number(doc.counts[one])}</span>
                    </a>
                ))}
            </nav>
            <Panel id="alertlist" title={t(`a_${state}`)} note={t('items', { n: number(doc.counts[state]) })}>
                {doc.alerts.length ? <AlertTable alerts={doc.alerts} as_of={doc.as_of} state={state} /> : <p class="quiet">{t('alerts_none')}</p>}
                <Pager next={doc.next} path="/alerts" own={{ state: state === 'open' ? null : state }} />
            </Panel>
        </>
    );
    return { doc, problem, body };
}
