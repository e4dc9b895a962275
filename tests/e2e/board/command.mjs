// What `duban` says, and what the pages must therefore say.
import { execFileSync } from 'node:child_process';

const settings = JSON.parse(process.env.DUBAN_BROWSER);

export const duban = (...words) => JSON.parse(execFileSync(settings.duban, [...words, '--json'], { maxBuffer: 1 << 28 }));

export const lampOf = (cell) => {
    if (cell.state === 'no_task') return null;
    if (cell.proposed_light === 'red' && cell.light !== 'red' && !cell.override) return 'proposed_red';
    if (cell.light !== 'none') return cell.light;
    return cell.due === null && cell.state !== 'words' && cell.state !== 'no_rollup' ? 'undated' : 'none';
};

// The county cells by the light that a page draws for them.
export function countsOf(cells) {
    const counts = {};
    for (const cell of cells) {
        const lamp = lampOf(cell);
        if (lamp && lamp !== 'none') counts[lamp] = (counts[lamp] || 0) + 1;
    }
    return counts;
}
