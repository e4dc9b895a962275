// Tasks × areas: the worst light of each cell. One stop for the Tab key; arrows move inside, Enter follows the link.
import { useRef, useState } from 'preact/hooks';

import { number } from './format.js';
import { Brief, Lamp } from './parts.jsx';
import { areaPath, taskPath, to } from './router.js';
import { t } from './words.js';

function cellLabel(task, area, cell) {
    const parts = [t('cell_count', { light: t(`l_${cell.light}`), n: cell.count, of: cell.of })];
    if (cell.stale) parts.push(t('cell_stale'));
    if (cell.held) parts.push(t('cell_held'));
    if (cell.extended) parts.push(t('cell_extended'));
    return `${task.title}${t('join')}${area.name}${t('colon')}${parts.join(t('join'))}`;
}

function MatrixCell({ task, area, cell, at, here, cls }) {
    if (!cell || (cell.light === 'none' && cell.of === 0))
        return (
            <td class={cls}>
                <span class="vh">{t('cell_no_task')}</span>
                <Lamp of="none" />
            </td>
        );
    return (
        <td class={cls}>
            <a href={to(taskPath(task.code), { area: area.code })} tabindex={here ? 0 : -1} data-at={at} aria-label={cellLabel(task, area, cell)}>
                <Lamp of={cell.light} />
                <span class={`n ${cell.light}`} aria-hidden="true">
                    {cell.count > 1 ? cell.count : ''}
                </span>
                {cell.extended && <i data-mark={t('f_extended')} />}
            </a>
        </td>
    );
}

function GroupHead({ doc, task, i }) {
    const first = i === 0 || doc.tasks[i - 1].group !== task.group;
    if (!first) return null;
    const group = doc.groups.find((one) => one.code === task.group);
    const rows = doc.tasks.filter((one) => one.group === task.group).length;
    return (
        <th scope="rowgroup" rowspan={rows} class="group">
            <span>{group?.name}</span>
        </th>
    );
}

function TaskRow({ doc, task, i, at, starts }) {
    const byArea = Object.fromEntries(task.cells.map((cell) => [cell.area, cell]));
    const measured = task.cells.length > 0;
    return (
        <tr class={starts ? 'first' : ''}>
            <GroupHead doc={doc} task={task} i={i} />
            <th scope="row" class="task">
                <a href={to(taskPath(task.code))}>
                    <span class="no">{task.no}</span>
                    {task.title}
                </a>
            </th>
            {measured ? (
                doc.areas.map((area, k) => <MatrixCell key={area.code} task={task} area={area} cell={byArea[area.code]} at={`${i},${k}`} here={at === `${i},${k}`} cls={`cell${area.city ? ' city' : ''}${area.silence ? ' hatch' : ''}`} />)
            ) : (
                <td colspan={doc.areas.length} class="unmeasured">
                    {t('unmeasured')}
                </td>
            )}
            {['red', 'yellow', 'grey'].map((light) => (
                <td key={light} class="sum">
                    {light === 'red' ? (task.counts.red + task.counts.proposed_red ? number(task.counts.red + task.counts.proposed_red) : '') : task.counts[light] ? number(task.counts[light]) : ''}
                </td>
            ))}
        </tr>
    );
}

function moveFocus(table, event, rows, columns) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1], Home: [0, -99], End: [0, 99], PageUp: [-99, 0], PageDown: [99, 0] }[event.key];
    const from = event.target.dataset?.at;
    if (!step || !from) return null;
    event.preventDefault();
    let [row, column] = from.split(',').map(Number);
    const [down, across] = step.map(Math.sign);
    let left = Math.max(Math.abs(step[0]), Math.abs(step[1]));
    let found = null;
    // Cells without a link (no task, rows of words) are stepped over.
    for (row += down, column += across; row >= 0 && row < rows && column >= 0 && column < columns && left > 0; row += down, column += across) {
        const link = table.querySelector(`a[data-at="${row},${column}"]`);
        if (!link) continue;
        found = link;
        left--;
    }
    found?.focus();
    return found?.dataset.at || null;
}

export function Matrix({ doc }) {
    const table = useRef(null);
    const firstRow = doc.tasks.findIndex((task) => task.cells.length);
    const [at, setAt] = useState(`${firstRow},0`);
    const onKey = (event) => {
        const next = moveFocus(table.current, event, doc.tasks.length, doc.areas.length);
        if (next) setAt(next);
    };
    const onFocus = (event) => event.target.dataset?.at && setAt(event.target.dataset.at);
    return (
        <div class="scroll matrixbox">
            <table class="matrix" ref={table} onKeyDown={onKey} onFocusIn={onFocus}>
                <caption class="vh">{t('matrix_caption')}</caption>
                <thead>
                    <tr>
                        <td class="group" />
                        <th scope="col" class="task">
                            {t('task')}
                        </th>
                        {doc.areas.map((area) => (
                            <th scope="col" key={area.code} class={`area${area.city ? ' city' : ''}`}>
                                <a href={to(areaPath(area.code))}>{area.city ? t('city') : area.short}</a>
                                {area.silence ? <span class="silent">{t(`q_${area.silence.state}`)}</span> : <Brief counts={{ ...(area.city ? doc.city : area.counts), grey: 0 }} />}
                            </th>
                        ))}
                        {['red', 'yellow', 'grey'].map((light) => (
                            <th scope="col" key={light} class="sum">
                                <Lamp of={light} word="hidden" />
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {doc.tasks.map((task, i) => (
                        <TaskRow key={task.code} doc={doc} task={task} i={i} at={at} starts={i === 0 || doc.tasks[i - 1].group !== task.group} />
                    ))}
                </tbody>
            </table>
        </div>
    );
}

const LEGEND = ['red', 'proposed_red', 'yellow', 'grey', 'blue', 'green', 'undated'];
export const Legend = ({ proposed }) => (
    <ul class="legend" aria-label={t('legend')}>
        {LEGEND.filter((light) => light !== 'proposed_red' || proposed).map((light) => (
            <li key={light}>
                <Lamp of={light} />
                {t(`legend_${light}`)}
            </li>
        ))}
        <li>{t('legend_none')}</li>
        <li>{t('legend_count')}</li>
    </ul>
);
