// Whose reports come, whose do not, and which of the three silences it is; what was taken, held and refused, and why.
import { documentPath, useDocument } from './api.js';
import { Strip, StripLegend } from './chart_strip.jsx';
import { day, dayOf, moment, number, period } from './format.js';
import { Cell, Heading, Pager, Panel, Row, Said, Table, Tag } from './parts.jsx';
import { areaPath, filePath, to } from './router.js';
import { t } from './words.js';

const ORDER = ['offline', 'missing', 'rejected', 'never', 'ok'];

function feedFinding(doc) {
    const silent = doc.feeds.filter((feed) => feed.state !== 'ok');
    if (!silent.length) return t('feeds_calm', { n: doc.feeds.length });
    const first = silent.slice(0, 3).map((feed) => `${feed.unit}${t(`q_${feed.state}`)}`);
    if (silent.length > 3) first.push(t('silence_more', { n: silent.length }));
    return first.join(t('join')) + t('stop') + t('feeds_rest', { n: doc.feeds.length - silent.length });
}

const FileLink = ({ id, name }) => (
    <a href={to(filePath(id))}>
        <Said text={name} />
    </a>
);

const lag = (hours) => (hours === null || hours === undefined ? '—' : hours < 48 ? t('hours', { n: hours }) : t('days', { n: Math.floor(hours / 24) }));

function Channels({ doc }) {
    const feeds = [...doc.feeds].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
    return (
        <Panel id="channels" title={t('channels_title')} aside={<StripLegend />}>
            <Table
                caption={t('channels_title')}
                columns={[
                    ['c_state', ''],
                    ['c_unit', ''],
                    ['c_last', ''],
                    ['c_lag', 'right'],
                    ['c_periods', ''],
                    ['c_owed', 'right'],
                    ['c_depth', 'right'],
                    ['c_seq', 'right'],
                ]}
            >
                {feeds.map((feed) => (
                    <Row key={feed.stream} cls={feed.state === 'ok' ? '' : 'stale'}>
                        <Cell>{feed.state === 'ok' ? <span class="fine">{t('q_ok')}</span> : <Tag cls="warn">{t(`q_${feed.state}`)}</Tag>}</Cell>
                        <Cell head cls="name">
                            {feed.areas?.length === 1 ? (
                                <a href={to(areaPath(feed.areas[0]))}>
                                    <Said text={feed.unit} />
                                </a>
                            ) : (
                                <Said text={feed.unit} />
                            )}{' '}
                            <small class="code">{feed.stream}</small>
                        </Cell>
                        <Cell label={t('c_last')}>
                            {feed.last_file_id ? <FileLink id={feed.last_file_id} name={feed.last_file} /> : '—'} <small class="nowrap">{feed.last_file_at ? moment(feed.last_file_at, doc.as_of) : ''}</small>
                        </Cell>
                        <Cell cls="right num" label={t('c_lag')}>
                            {lag(feed.lag_hours)}
                        </Cell>
                        <Cell label={t('c_periods')}>{feed.periods ? <Strip periods={feed.periods} as_of={doc.as_of} /> : '—'}</Cell>
                        <Cell cls="right num" label={t('c_owed')}>
                            {number(feed.cells_owed)} / {number(feed.cells_missing)}
                        </Cell>
                        <Cell cls="right num" label={t('c_depth')}>
                            {feed.depth === null || feed.depth === undefined ? '—' : number(feed.depth)}
                        </Cell>
                        <Cell cls="right num" label={t('c_seq')}>
                            {number(feed.last_seq)}
                        </Cell>
                    </Row>
                ))}
            </Table>
        </Panel>
    );
}

function Files({ doc }) {
    const unit = Object.fromEntries(doc.feeds.map((feed) => [feed.stream, feed.unit]));
    return (
        <Panel id="files" title={t('files_title')}>
            <Table
                caption={t('files_title')}
                columns={[
                    ['c_file', ''],
                    ['c_unit', ''],
                    ['t_known', ''],
                    ['c_taken', 'right'],
                    ['c_unchanged', 'right'],
                    ['c_held', 'right'],
                    ['c_refused', 'right'],
                ]}
            >
                {doc.files.map((file) => (
                    <Row key={file.id}>
                        <Cell head cls="name">
                            <FileLink id={file.id} name={file.file} /> <small class="code">{file.id}</small> {file.period && <small>{period(file.period, doc.as_of)}</small>}
                        </Cell>
                        <Cell label={t('c_unit')}>
                            <Said text={file.unit || unit[file.stream] || file.stream} />
                        </Cell>
                        <Cell label={t('t_known')}>{moment(file.known_at, doc.as_of)}</Cell>
                        {['taken', 'unchanged', 'held', 'refused'].map((key) => (
                            <Cell key={key} cls="right num" label={t(`c_${key}`)}>
                                {file[key] > 0 && (key === 'held' || key === 'refused') ? <b>{number(file[key])}</b> : number(file[key])}
                            </Cell>
                        ))}
                    </Row>
                ))}
            </Table>
            <Pager next={doc.next} path="/feeds" />
        </Panel>
    );
}

function Quarantine({ rows, as_of, next }) {
    return (
        <Panel id="quarantine" title={t('quarantine_title')} note={t('quarantine_note')}>
            {rows.length === 0 ? (
                <p class="quiet">{t('quarantine_none')}</p>
            ) : (
                <Table
                    caption={t('quarantine_title')}
                    columns={[
                        ['c_unit', ''],
                        ['c_place', ''],
                        ['c_raw', ''],
                        ['c_hint', ''],
                        ['c_code', ''],
                    ]}
                >
                    {rows.map((row, i) => (
                        <Row key={row.id ?? i}>
                            <Cell head>
                                <Said text={row.unit || row.stream} /> <small>{row.known_at ? day(dayOf(row.known_at), as_of) : ''}</small>
                            </Cell>
                            <Cell label={t('c_place')} cls="mono">
                                <Said text={[row.file, row.place].filter(Boolean).join('')} />
                            </Cell>
                            <Cell label={t('c_raw')} cls="mono">
                                <Said text={row.value ?? row.figure ?? '—'} />
                            </Cell>
                            <Cell label={t('c_hint')}>
                                <Said text={[row.field, row.hint].filter(Boolean).join(' ') || '—'} />
                            </Cell>
                            <Cell label={t('c_code')} cls="mono">
                                {row.code ?? ''}
                            </Cell>
                        </Row>
                    ))}
                </Table>
            )}
            <Pager next={next} path="/feeds" name="quarantine" />
        </Panel>
    );
}

// Files and refused rows come in pages, each by itself.
export function FeedsPage({ params }) {
    const { data: doc, problem } = useDocument(documentPath('feeds', { after: params.get('after') }));
    const { data: refused } = useDocument(documentPath('quarantine', { after: params.get('quarantine') }));
    if (!doc) return { doc, problem };
    const body = (
        <>
            <Heading text={feedFinding(doc)} />
            <p class="sub">{t('feeds_sub')}</p>
            {!params.get('after') && !params.get('quarantine') && <Channels doc={doc} />}
            {!params.get('quarantine') && <Files doc={doc} />}
            {refused && !params.get('after') && <Quarantine rows={refused.quarantine} as_of={doc.as_of} next={refused.next} />}
        </>
    );
    return { doc, problem, body };
}

