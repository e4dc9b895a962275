// Addresses: the path names the page; as_of, known_at and lang go along with every link.
import { useEffect, useState } from 'preact/hooks';

const KEPT = ['as_of', 'known_at', 'lang'];
const listeners = new Set();

export const here = () => new URL(location.href);

// The address of a page, with the moment that is looked at; `own` are the page's own parameters (null = drop).
export function to(path, own = {}) {
    const now = here().searchParams;
    const query = new URLSearchParams();
    for (const name of KEPT) if (now.get(name)) query.set(name, now.get(name));
    for (const [name, value] of Object.entries(own))
        if (value === null || value === undefined) query.delete(name);
        else query.set(name, value);
    const text = query.toString();
    return path + (text ? `?${text}` : '');
}

export const areaPath = (code) => `/areas/${encodeURIComponent(code)}`;
export const taskPath = (code) => `/tasks/${encodeURIComponent(code)}`;
export const unitPath = (name) => `/units/${encodeURIComponent(name)}`;
export const filePath = (id) => `/feeds/${encodeURIComponent(id)}`;
export const targetPath = (code) => `/targets/${encodeURIComponent(code)}`;
export const explainPath = (target, area) => `/explain/${encodeURIComponent(target)}/${encodeURIComponent(area)}`;

export function go(address, { replace = false } = {}) {
    history.replaceState({ ...history.state, top: scrollY }, '');
    history[replace ? 'replaceState' : 'pushState']({ top: 0 }, '', address);
    for (const listener of listeners) listener({ moved: true, top: 0 });
}

function onClick(event) {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest?.('a[href]');
    if (!link || link.target || link.hasAttribute('download')) return;
    const address = new URL(link.getAttribute('href'), location.href);
    if (address.origin !== location.origin || address.hash || address.pathname.startsWith('/api/')) return;
    event.preventDefault();
    go(address.pathname + address.search);
}

export function startRouter() {
    history.scrollRestoration = 'manual';
    document.addEventListener('click', onClick);
    addEventListener('popstate', (event) => {
        for (const listener of listeners) listener({ moved: true, top: event.state?.top ?? 0 });
    });
}

// The address now, and how one came to it.
export function useAddress() {
    const [state, set] = useState({ url: here(), moved: false, top: 0 });
    useEffect(() => {
        const listener = (how) => set({ url: here(), ...how });
        listeners.add(listener);
        return () => listeners.delete(listener);
    }, []);
    return state;
}
