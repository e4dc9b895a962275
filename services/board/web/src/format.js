// Words of days, instants and decimals. Decimals are strings from the database to the screen; instants carry +08:00 and
// are read as written, whatever the reader's own zone.
import { english } from './words.js';

const WEEKDAYS = ['日', '一', '二', '三', '四', '五', '六'];
const WEEKDAYS_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS_EN = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export const NONE = '—';

export const utc = (day) => Date.UTC(+day.slice(0, 4), +day.slice(5, 7) - 1, +day.slice(8, 10));
export const dayOf = (instant) => (instant ? instant.slice(0, 10) : null);
export const daysBetween = (from, to) => Math.round((utc(to) - utc(from)) / 864e5);

// "31", "−12.5", "57,856,166.66", "87/100".
export function number(text) {
    if (text === null || text === undefined || text === '') return NONE;
    return String(text)
        .split('/')
        .map((part) => {
            const [, sign, whole, rest] = /^([-+]?)(\d*)(.*)$/.exec(part);
            return (sign === '-' ? '−' : sign) + whole.replace(/\B(?=(\d{3})+$)/g, ',') + rest;
        })
        .join('/');
}

// "−12.8", "+3.7", "0.0": points always say their side.
export const points = (text) => (text === null || text === undefined ? NONE : /^-|^0(\.0*)?$/.test(text) ? number(text) : `+${number(text)}`);

// The year stands when it is not the report's.
export function day(text, as_of) {
    if (!text) return NONE;
    const [year, month, date] = [text.slice(0, 4), +text.slice(5, 7), +text.slice(8, 10)];
    const other = !as_of || as_of.slice(0, 4) !== year;
    if (english()) return `${date} ${MONTHS_EN[month - 1]}${other ? ` ${year}` : ''}`;
    return `${other ? `${year}年` : ''}${month}月${date}日`;
}

export function weekday(text) {
    const at = new Date(utc(text)).getUTCDay();
    return english() ? WEEKDAYS_EN[at] : `周${WEEKDAYS[at]}`;
}

export const time = (instant) => (instant ? instant.slice(11, 16) : '');
export const moment = (instant, as_of) => (instant ? `${day(dayOf(instant), as_of)} ${time(instant)}` : NONE);

// A forecast is never said to the day: "2022年3月中旬", "mid Mar 2022".
export function third(text, as_of) {
    if (!text) return NONE;
    const at = +text.slice(8, 10) <= 10 ? 0 : +text.slice(8, 10) <= 20 ? 1 : 2;
    const [year, month] = [text.slice(0, 4), +text.slice(5, 7)];
    const other = !as_of || as_of.slice(0, 4) !== year;
    if (english()) return `${['early', 'mid', 'late'][at]} ${MONTHS_EN[month - 1]}${other ? ` ${year}` : ''}`;
    return `${other ? `${year}年` : ''}${month}月${['上', '中', '下'][at]}旬`;
}

// "2021-10" → "10月"
export function period(text, as_of) {
    if (!text) return NONE;
    if (!/^\d{4}-\d{2}/.test(text)) return text;
    const other = as_of && as_of.slice(0, 4) !== text.slice(0, 4);
    if (english()) return `${MONTHS_EN[+text.slice(5, 7) - 1]}${other ? ` ${text.slice(0, 4)}` : ''}`;
    return `${other ? `${text.slice(0, 4)}年` : ''}${+text.slice(5, 7)}月`;
}

// What steers the direction of text, or cannot be seen, is shown by its number instead of being obeyed: done once, as
// documents come in, so that no heading, label or title can forget it.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
export const visible = (text) => text.replace(HIDDEN, (hit) => `‹U+${hit.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}›`);
// The text around such numbers, and they: ["abc", "‹U+202E›", "gnp"].
export const marked = (text) => text.split(/(‹U\+[0-9A-F]{4,5}›)/);
