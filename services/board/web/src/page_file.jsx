// One file: what of it counts now, what was held, what was refused and why, and whether the refused rows came again.
import { documentPath, useDocument } from './api.js';
import { day, moment, number, period } from './format.js';
import { Crumbs } from './page_area.jsx';
import { Cell, figure, Heading, Panel, Row, Said, Table, Tag } from './parts.jsx';
import { explainPath, filePath, to } from './router.js';
import { english, t } from './words.js';

const Again = ({ state, file }) => (
    <>
        {state === 'no' || state === 'refused' ? <Tag cls="warn">{t(`g_${state}`)}</Tag> : t(`g_${state}`)} {file && <a href={to(filePath(file))}>{file}</a>}
    </>
);

function Refused({ file, words }) {
    return (
        <Panel id="refused" title={t('file_refused')} note={t('items', { n: number(file.refused) })}>
            <Table
                caption={t('file_refused')}
                columns={[
                    ['c_place', ''],
                    ['file_why', ''],
                    ['c_code', ''],
                    ['file_later', ''],
                ]}
            >
                {file.refusals.map((one, i) => (
                    <Row key={i}>
                        <Cell head cls="mono">
                            <Said text={one.place || '—'} />
                        </Cell>
                        <Cell label={t('file_why')}>
                            <Said text={one.text} />
                        </Cell>
                        <Cell cls="mono" label={t('c_code')}>
                            {one.code}
                        </Cell>
                        <Cell label={t('file_later')}>
                            <Again {...one.again} />
                        </Cell>
                    </Row>
                ))}
            </Table>
            {words && (
                <p class="quiet">
                    <Said text={words} />
                </p>
            )}
        </Panel>
    );
}

function Taken({ file, as_of }) {
    return (
        <Panel id="taken" title={t('file_taken')} note={t('items', { n: number(file.figures.length) })}>
            {file.figures.length === 0 ? (
                <p class="quiet">{t('file_nothing')}</p>
            ) : (
                <Table
                    caption={t('file_taken')}
                    columns={[
                        ['c_place', ''],
                        ['c_target', ''],
                        ['t_as_of', ''],
                        ['t_value', 'right'],
                        ['c_status', ''],
                    ]}
                >
                    {file.figures.map((one, i) => (
                        <Row key={i} cls={one.standing === 'replaced' ? 'struckrow' : ''}>
                            <Cell cls="mono" label={t('c_place')}>
                                <Said text={one.place} />
                            </Cell>
                            <Cell head cls="name">
                                <a href={to(explainPath(one.target, one.area))}>
                                    {one.area_name} {one.target_name}
                                </a>{' '}
                                <small class="code">{one.target}</small>
                            </Cell>
                            <Cell label={t('t_as_of')}>{day(one.as_of, as_of)}</Cell>
                            <Cell cls="right num" label={t('t_value')}>
                                {one.figure === null ? t('e_no_change') : one.standing === 'replaced' ? <s>{figure(one.figure)}</s> : <b>{figure(one.figure)}</b>}
                            </Cell>
                            <Cell label={t('c_status')}>
                                {english() ? t(`v_${one.standing}`) : <Said text={one.words} />}
                            </Cell>
                        </Row>
                    ))}
                </Table>
            )}
        </Panel>
    );
}

export function FilePage({ code }) {
    const { data: doc, problem } = useDocument(documentPath(`feeds/${encodeURIComponent(code)}`));
    if (!doc) return { doc, problem };
    const { file } = doc;
    const whole = file.refused > 0 && { state: !file.again.file ? 'no' : file.again.refused ? 'refused' : 'gone', file: file.again.file };
    const body = (
        <>
            <Crumbs items={[[t('overview'), '/'], [t('feeds'), '/feeds'], [file.id]]} />
            <Heading text={t('file_heading', { file: file.file, taken: number(file.taken + file.unchanged), held: number(file.held), refused: number(file.refused) })} />
            <p class="sub">
                <Said text={t('file_sub', { unit: file.unit || file.stream, source: file.feed || file.stream, period: period(file.period, doc.as_of), known: moment(file.known_at, doc.as_of) })} />
                {file.reporter && file.reporter !== file.unit && <Said text={` · ${t('file_reporter', { who: file.reporter })}`} />}
                {file.document && <Said text={` · ${t('file_document', { n: file.document })}`} />}
                {whole && (
                    <>
                        {' · '}
                        {t('file_again')}
                        {t('colon')}
                        <Again {...whole} />
                    </>
                )}
            </p>
            {file.note && (
                <p class="sub">
                    <Said text={file.note} />
                </p>
            )}
            {file.refused > 0 && <Refused file={file} words={doc.words} />}
            <Taken file={file} as_of={doc.as_of} />
        </>
    );
    return { doc, problem, body };
}
