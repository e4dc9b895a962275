// Documents of /api/v1: one promise a resource, kept while the page is open, asked again when the stream names it. The
// browser's own cache adds If-None-Match, so what did not change costs a 304.
import { useEffect, useState } from 'preact/hooks';

import { visible } from './format.js';
import { here } from './router.js';

const kept = new Map(); // address → {data, problem, listeners, flight}
const KEPT_MOST = 40;

export class Problem extends Error {
    constructor(status, body, retry) {
        super(body.title || `HTTP ${status}`);
        Object.assign(this, { status, type: body.type || '', detail: body.detail || '', hint: body.hint || '', field: body.field || null, state: body.state ?? null, body, retry });
    }
}

async function ask(path, options) {
    const answer = await fetch(path, { cache: 'no-cache', credentials: 'same-origin', ...options });
    const text = await answer.text();
    let body = {};
    try {
        body = text ? JSON.parse(text, (_, value) => (typeof value === 'string' ? visible(value) : value)) : {};
    } catch {
        body = { title: `HTTP ${answer.status}` };
    }
    if (!answer.ok) throw new Problem(answer.status, body, answer.headers.get('Retry-After'));
    return body;
}

// The address of a document at the moment of the page.
export function documentPath(resource, own = {}) {
    const query = new URLSearchParams();
    for (const name of ['as_of', 'known_at']) if (here().searchParams.get(name)) query.set(name, here().searchParams.get(name));
    for (const [name, value] of Object.entries(own)) if (value !== null && value !== undefined) query.set(name, value);
    const text = query.toString();
    return `/api/v1/${resource}${text ? `?${text}` : ''}`;
}

function entryOf(path) {
    let entry = kept.get(path);
    if (!entry) {
        if (kept.size >= KEPT_MOST) for (const [old, one] of kept) if (!one.listeners.size && kept.size >= KEPT_MOST) kept.delete(old);
        kept.set(path, (entry = { data: null, problem: null, listeners: new Set(), flight: null, again: false }));
    }
    return entry;
}

function load(path) {
    const entry = entryOf(path);
    if (entry.flight) {
        entry.again = true;
        return entry.flight;
    }
    entry.flight = ask(path)
        .then((data) => Object.assign(entry, { data, problem: null }))
        .catch((problem) => Object.assign(entry, { problem, data: problem.status === 401 || problem.status === 404 ? null : entry.data }))
        .then(() => {
            entry.flight = null;
            for (const listener of entry.listeners) listener();
            if (entry.again) {
                entry.again = false;
                if (entry.listeners.size) load(path);
            }
        });
    return entry.flight;
}

// {data, problem}; both null while it comes. null as path: nothing is asked.
export function useDocument(path) {
    const [, redraw] = useState(0);
    useEffect(() => {
        if (!path) return undefined;
        const entry = entryOf(path);
        const listener = () => redraw((n) => n + 1);
        entry.listeners.add(listener);
        load(path);
        return () => entry.listeners.delete(listener);
    }, [path]);
    const entry = path ? entryOf(path) : { data: null, problem: null };
    return { data: entry.data, problem: entry.problem };
}

const bare = (path) => path.replace(/^\/api\/v1\//, '').split('?')[0];
const named = (names, path) => {
    const own = bare(path);
    const head = own.split('/').slice(0, 2).join('/');
    const root = own.split('/')[0];
    return names.some((name) => {
        const one = decodeURI(name).split('?')[0];
        return one === own || one === decodeURI(own) || one === head || (root === 'explain' && one.startsWith('targets/') && head === `explain/${one.split('/')[1]}`);
    });
};

// Asks again what is looked at now; names: only resources that the stream named. The present alone changes. After an
// action the next change may be its own: then everything is asked again, evidence too, which no stream names.
let acted = false;
export function refresh(names) {
    if (names && acted) names = acted = false;
    const asked = [];
    for (const [path, entry] of kept) {
        if (/[?&](as_of|known_at)=/.test(path)) continue;
        if (names && !named(names, path)) continue;
        if (entry.listeners.size) asked.push(load(path));
        else kept.delete(path);
    }
    return Promise.all(asked).then(() => asked.length);
}

export const forgetAll = () => kept.clear();
export const session = () => ask('/api/v1/session');
export const login = (name, password) => ask('/api/v1/session', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, password }) });
export const logout = (who) => ask('/api/v1/session', { method: 'DELETE', headers: { [who.csrf_header]: who.csrf } });
export const act = (who, verb, body, key) =>
    ask(`/api/v1/actions/${verb}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', [who.csrf_header]: who.csrf, 'Idempotency-Key': key },
        body: JSON.stringify(body),
    }).finally(() => (acted = true));
