// What this county must act on, worst first; a silent one says where its figures stop.
import { documentPath, useDocument } from './api.js';
import { AlertTable } from './page_alerts.jsx';
import { Strip, StripLegend } from './chart_strip.jsx';
import { FiguresBySection, usualDay } from './figures.jsx';
import { day, moment, number } from './format.js';
import { Counters, finding, Heading, Pager, Panel, Said, silenceWords } from './parts.jsx';
import { areaPath, here, to } from './router.js';
import { t } from './words.js';

export function Crumbs({ items }) {
    return (
        <nav class="crumbs" aria-label={t('crumbs')}>
            {items.map(([word, path], i) => (
                <span key={i}>
                    {i > 0 && ' / '}
                    {path ? <a href={to(path)}>{word}</a> : <Said text={word} />}
                </span>
            ))}
        </nav>
    );
}

export function AreaPage({ code }) {
    const { data: doc, problem } = useDocument(documentPath(`areas/${encodeURIComponent(code)}`, { after: here().searchParams.get('after') }));
    if (!doc) return { doc, problem };
    const { area, silence, counts } = doc;
    const text = area.name + t('colon') + (silence ? `${silenceWords(silence, '', doc.as_of)}${doc.figures_stop ? `${t('join')}${t('h_stop', { day: day(doc.figures_stop, doc.as_of) })}` : ''}${t('stop')}` : '') + finding(counts);
    const open = doc.alerts.filter((alert) => alert.state === 'open').length;
    const promised = doc.alerts.filter((alert) => alert.state === 'promised').length;
    const body = (
        <>
            <Crumbs items={[[t('overview'), '/'], [t('areas'), '/areas'], [area.name]]} />
            <div class="top">
                <div>
                    <Heading text={text} />
                    <p class="sub">{t('area_sub', { code: area.code, n: number(doc.cells_total ?? doc.cells.length), open, promised })}</p>
                </div>
                <Counters counts={counts} />
            </div>
            <Panel id="figures" title={t('figures_title')} note={t('figures_note')}>
                <FiguresBySection cells={doc.cells} as_of={doc.as_of} silences={{ [area.code]: silence }} caption={text} newest={usualDay(doc.cells)} />
                <Pager next={doc.next} path={areaPath(code)} />
            </Panel>
            <div class="pair">
                <Panel id="alerts" title={t('alerts_of')} note={doc.alerts.length ? t('items', { n: doc.alerts.length }) : null}>
                    {doc.alerts.length ? <AlertTable alerts={doc.alerts} as_of={doc.as_of} brief /> : <p class="quiet">{t('alerts_none')}</p>}
                </Panel>
                {doc.feeds?.length > 0 && (
                    <Panel id="feed" title={t('feed_of')}>
                        {doc.feeds.map((feed) => (
                            <div key={feed.stream} class="feedbrief">
                                <p>
                                    <b>{t(`q_${feed.state}`)}</b> <Said text={feed.unit} /> <small>{feed.last_file_at ? moment(feed.last_file_at, doc.as_of) : ''}</small> <Said text={feed.last_file} />
                                </p>
                                {feed.periods && <Strip periods={feed.periods} as_of={doc.as_of} />}
                            </div>
                        ))}
                        <StripLegend />
                    </Panel>
                )}
            </div>
        </>
    );
    return { doc, problem, body };
}
