// What stands beside the board: what `duban` says and takes down, the rehearsal's clock, a county's folder.
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const settings = JSON.parse(process.env.DUBAN_BROWSER);

export const duban = (...words) => JSON.parse(execFileSync(settings.duban, [...words, '--json'], { maxBuffer: 1 << 28 }));
// What a county asks, taken down by the office's command.
export const taken = (...words) => execFileSync(settings.duban, [...words, '--by', '李四'], { encoding: 'utf8' });

// The rehearsal's clock stands: agents and alerter look again when its minute has come.
function setClock(until) {
    const { clock } = settings;
    const [step, instant] = readFileSync(clock, 'utf8').trim().split(' ');
    const later = new Date(until(Date.parse(instant)) + 8 * 3600000).toISOString().slice(0, 19);
    writeFileSync(`${clock}.next`, `${Number(step) + 1} ${later}+08:00\n`, { mode: 0o644 });
    renameSync(`${clock}.next`, clock);
}
export const minutesPass = (minutes) => setClock((now) => now + minutes * 60000);
export const clockReaches = (instant) => setClock((now) => Math.max(now + 60000, Date.parse(instant)));

// A file appears in a county's folder, whole.
export function dropFile(agent, name, text) {
    const inbox = join(settings.state, 'agents', agent, 'inbox');
    const staged = join(settings.state, 'agents', agent, `.${name}`);
    writeFileSync(staged, text, { mode: 0o644 });
    copyFileSync(staged, join(inbox, `${name}.part`));
    renameSync(join(inbox, `${name}.part`), join(inbox, name));
}

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
