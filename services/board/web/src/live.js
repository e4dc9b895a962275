// The live stream: one connection a browser. The tab that holds the lock reads the server's events and tells the others;
// when it closes, the lock goes to the next, which goes on from the last event anybody heard. Each byte of the stream,
// comments too, is a sign of life; without one for 18 s the stream is lost, and every tab says so by its own clock.
import { refresh } from './api.js';

const SILENT_MS = 18000;
const RETRY_MOST_MS = 8000;

const tab = Math.random().toString(36).slice(2);
let channel = null;
let last_id = null;
let heard_at = 0;
let retry_ms = 1000;
let state = 'connecting'; // live, connecting, lost, off, refused
let stop = null;
let leading = false;
const listeners = new Set();

function become(next) {
    if (state === next) return;
    state = next;
    for (const listener of listeners) listener(state);
}

export const liveState = () => state;
export function onLive(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

let told = null;
export const onUpdate = (listener) => (told = listener);

async function changed(names) {
    if ((await refresh(names)) && told) told();
}

function hear(message) {
    if (message.kind === 'hello') {
        if (leading && state === 'live') channel?.postMessage({ kind: 'beat', id: last_id, tab });
        return undefined;
    }
    heard_at = performance.now();
    if (message.id) last_id = message.id;
    if (message.kind === 'lost') return become('lost');
    if (message.kind === 'refused') return become('refused');
    const back = state === 'lost';
    become('live');
    if (message.kind === 'reset' || back) changed(null);
    else if (message.kind === 'changed') changed(message.names);
    return undefined;
}

function say(message) {
    hear(message);
    channel?.postMessage({ ...message, tab });
}

function dispatch(event) {
    if (event.retry) retry_ms = Math.max(200, event.retry);
    if (event.kind === 'reset') say({ kind: 'reset', id: event.id });
    else if (event.kind === 'changed') {
        let names = null;
        try {
            names = Object.keys(JSON.parse(event.data).resources);
        } catch {
            names = null;
        }
        say({ kind: 'changed', id: event.id, names });
    } else if (event.id) last_id = event.id;
}

// Lines of an event stream (WHATWG): fields until an empty line.
function reader(onEvent) {
    let rest = '';
    let event = { kind: 'message', data: '' };
    return (text) => {
        rest += text;
        let end;
        while ((end = rest.search(/\r\n|\n|\r(?!$)/)) >= 0) {
            const line = rest.slice(0, end);
            rest = rest.slice(end + (rest.startsWith('\r\n', end) ? 2 : 1));
            if (line === '') {
                onEvent(event);
                event = { kind: 'message', data: '' };
                continue;
            }
            const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line);
            if (name === 'event') event.kind = value;
            else if (name === 'data') event.data += value;
            else if (name === 'id') event.id = value;
            else if (name === 'retry' && /^\d+$/.test(value)) event.retry = +value;
        }
    };
}

async function connect(signal) {
    const own = new AbortController();
    const end = () => own.abort();
    signal.addEventListener('abort', end);
    let watch = null;
    const alive = () => {
        clearTimeout(watch);
        watch = setTimeout(end, SILENT_MS);
    };
    try {
        alive();
        const answer = await fetch('/api/v1/events', { signal: own.signal, cache: 'no-store', credentials: 'same-origin', headers: { Accept: 'text/event-stream', ...(last_id ? { 'Last-Event-ID': last_id } : {}) } });
        if (answer.status === 401 || answer.status === 403) return 'refused';
        if (!answer.ok || !answer.body) return 'lost';
        say({ kind: 'beat' });
        const text = new TextDecoder();
        const feed = reader(dispatch);
        const bytes = answer.body.getReader();
        for (;;) {
            const { done, value } = await bytes.read();
            if (done) return 'lost';
            alive();
            say({ kind: 'beat' });
            feed(text.decode(value, { stream: true }));
        }
    } catch {
        return 'lost';
    } finally {
        clearTimeout(watch);
        signal.removeEventListener('abort', end);
        own.abort();
    }
}

async function lead(signal) {
    let pause = retry_ms;
    while (!signal.aborted) {
        const began = performance.now();
        const how = await connect(signal);
        if (signal.aborted) return;
        say({ kind: how });
        pause = performance.now() - began > 5000 ? retry_ms : Math.min(pause * 2, RETRY_MOST_MS);
        if (how === 'refused') pause = RETRY_MOST_MS;
        await new Promise((next) => {
            const timer = setTimeout(next, pause);
            signal.addEventListener('abort', () => (clearTimeout(timer), next()), { once: true });
        });
    }
}

// Starts once; stops while a past moment is looked at.
export function setLive(wanted) {
    if (!wanted) {
        stop?.();
        stop = null;
        become('off');
        return;
    }
    if (stop) return;
    const end = new AbortController();
    become('connecting');
    heard_at = performance.now();
    if ('BroadcastChannel' in window) {
        channel = new BroadcastChannel('duban-live');
        channel.onmessage = ({ data }) => data.tab !== tab && hear(data);
    }
    const clock = setInterval(() => {
        if (performance.now() - heard_at > SILENT_MS) become('lost');
    }, 1000);
    channel?.postMessage({ kind: 'hello', tab });
    const run = () => {
        leading = true;
        return lead(end.signal).finally(() => (leading = false));
    };
    if (navigator.locks) navigator.locks.request('duban-live', { signal: end.signal }, run).catch(() => {});
    else run();
    stop = () => {
        end.abort();
        clearInterval(clock);
        channel?.close();
        channel = null;
    };
}
