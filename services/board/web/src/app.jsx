// The frame of every page: who, which moment, whether it is live; and the page that the address names.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { ActionDialog, Desk } from './actions.jsx';
import { forgetAll, logout, session as askSession } from './api.js';
import { day, moment, number } from './format.js';
import { liveState, onLive, onUpdate, setLive } from './live.js';
import { backToNow, isPast, MomentDialog, momentWords, pastWords } from './moment.jsx';
import { AlertsPage } from './page_alerts.jsx';
import { AreaPage } from './page_area.jsx';
import { ExplainPage } from './page_explain.jsx';
import { FeedsPage } from './page_feeds.jsx';
import { FilePage } from './page_file.jsx';
import { FirstStartPage, LoginPage } from './page_login.jsx';
import { AreaListPage, OverviewPage, TaskListPage } from './page_overview.jsx';
import { TargetPage } from './page_target.jsx';
import { TaskPage, UnitPage } from './page_task.jsx';
import { Heading } from './parts.jsx';
import { here, to, useAddress } from './router.js';
import { english, t } from './words.js';

// pattern, page, the part of the navigation it belongs to
const PAGES = [
    [/^\/$/, OverviewPage, '/'],
    [/^\/areas$/, AreaListPage, '/areas'],
    [/^\/areas\/([^/]+)$/, AreaPage, '/areas'],
    [/^\/tasks$/, TaskListPage, '/tasks'],
    [/^\/tasks\/([^/]+)$/, TaskPage, '/tasks'],
    [/^\/units\/([^/]+)$/, UnitPage, '/tasks'],
    [/^\/targets\/([^/]+)$/, TargetPage, '/tasks'],
    [/^\/alerts$/, AlertsPage, '/alerts'],
    [/^\/feeds$/, FeedsPage, '/feeds'],
    [/^\/feeds\/([^/]+)$/, FilePage, '/feeds'],
    [/^\/explain\/([^/]+)\/([^/]+)$/, ExplainPage, '/tasks'],
];
const NAV = [
    ['/', 'overview'],
    ['/areas', 'areas'],
    ['/tasks', 'tasks'],
    ['/alerts', 'alerts'],
    ['/feeds', 'feeds'],
];

function findPage(pathname) {
    for (const [pattern, page, part] of PAGES) {
        const hit = pattern.exec(pathname);
        if (hit) return { page, part, code: hit[1] && decodeURIComponent(hit[1]), area: hit[2] && decodeURIComponent(hit[2]) };
    }
    return { page: null, part: null };
}

function Banner({ kind, children }) {
    return (
        <div class={`banner ${kind}`} role={kind === 'lost' ? 'alert' : undefined}>
            {children}
        </div>
    );
}

function Banners({ doc, live }) {
    if (!doc) return null;
    return (
        <section aria-label={t('notices')}>
            {doc.sample && <Banner kind="sample">{t('sample')}</Banner>}
            {doc.trial && <Banner kind="sample">{t('trial')}</Banner>}
            {isPast() && (
                <Banner kind="past">
                    {pastWords(doc)}{' '}
                    <button type="button" class="link" onClick={backToNow}>
                        {t('back_to_now')}
                    </button>
                </Banner>
            )}
            {!isPast() && doc.stale_since && <Banner kind="lost">{t('stale', { at: moment(doc.stale_since, doc.as_of) })}</Banner>}
            {!isPast() && live === 'lost' && <Banner kind="lost">{t('lost', { at: moment(doc.known_at, doc.as_of) })}</Banner>}
        </section>
    );
}

function Masthead({ doc, live, part, account, onMoment, onLogout }) {
    const word = isPast() ? 'past_short' : live === 'live' ? 'live' : live === 'lost' ? 'lost_short' : 'connecting';
    return (
        <header class="masthead">
            <a class="brand" href={to('/')}>
                <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
                    <rect width="32" height="32" rx="5" />
                    <text x="16" y="22.5" text-anchor="middle">
                        督
                    </text>
                </svg>
                <span>
                    <b>{t('brand')}</b>
                    <small>{doc?.programme?.title}</small>
                </span>
            </a>
            <nav class="nav" aria-label={t('nav')}>
                {NAV.map(([path, key]) => (
                    <a key={path} href={to(path)} aria-current={part === path ? 'page' : undefined}>
                        {t(key)}
                    </a>
                ))}
            </nav>
            <div class="clock">
                {doc && (
                    <button type="button" class="moment" onClick={onMoment}>
                        <span class="quiet">{t('as_of')}</span> {momentWords(doc)}
                    </button>
                )}
                <span class={`chip ${word}`}>{t(word)}</span>
                {account?.name && (
                    <button type="button" class="link account" onClick={onLogout} title={t('logout')}>
                        {account.name} · {t('logout')}
                    </button>
                )}
            </div>
        </header>
    );
}

function Foot({ doc, account }) {
    const words = doc && t('footer', { as_of: day(doc.as_of, null), plan: doc.plan_version, rules: doc.rules_version || '—', complete: moment(doc.complete_to, doc.as_of), known: moment(doc.known_at, null) }) + (account?.name ? ` · ${account.name}` : '');
    useLayoutEffect(() => {
        document.documentElement.style.setProperty('--sheet', JSON.stringify(words || ''));
    }, [words]);
    if (!doc) return null;
    return (
        <footer class="foot">
            <p>{words}</p>
            <LanguageLink />
        </footer>
    );
}

function LanguageLink() {
    const next = here();
    if (english()) next.searchParams.delete('lang');
    else next.searchParams.set('lang', 'en');
    return (
        <a href={next.pathname + next.search} target="_self" lang={english() ? 'zh-CN' : 'en'}>
            {english() ? '中文' : 'English'}
        </a>
    );
}

function Failure({ problem }) {
    return (
        <section class="panel narrow">
            <Heading text={problem.status === 404 ? t('not_found') : t('failed')} />
            {problem.status !== 404 && (
                <p>
                    {problem.message} {problem.detail}
                </p>
            )}
            {problem.hint && <p class="quiet">{problem.hint}</p>}
            {problem.retry && <p class="quiet">{t('retry_after', { n: number(problem.retry) })}</p>}
            <p class="buttons">
                <button type="button" onClick={() => location.reload()}>
                    {t('again')}
                </button>
                <a class="button" href={to('/')}>
                    {t('home')}
                </a>
            </p>
        </section>
    );
}

// A page is a function of its address that gives {doc, problem, body}; it may use hooks, so each has its own frame.
function Show({ page: makePage, path, onShown, ...rest }) {
    const shown = makePage(rest);
    useLayoutEffect(() => onShown({ ...shown, path }), [shown.doc, shown.problem]);
    if (shown.body) return shown.body;
    if (shown.problem && shown.problem.status !== 401) return <Failure problem={shown.problem} />;
    return (
        <p class="quiet waiting" role="status">
            {t('loading')}
        </p>
    );
}

// Where one lands after a change of page: at the heading, or where one was when going back.
function useLanding(address, doc) {
    const due = useRef(null);
    if (address.moved && due.current?.url !== address.url) due.current = { url: address.url, top: address.top, done: false };
    useLayoutEffect(() => {
        if (!due.current || due.current.done || !doc) return;
        due.current.done = true;
        scrollTo(0, due.current.top);
        document.getElementById('finding')?.focus({ preventScroll: true });
    });
}

export function App() {
    const address = useAddress();
    const [who, setWho] = useState(null);
    const [trouble, setTrouble] = useState(null);
    const [shown, setShown] = useState({ doc: null, problem: null });
    const [live, setLiveWord] = useState(liveState());
    const [dialog, setDialog] = useState(null);
    const [spoken, speak] = useState('');
    const first = Boolean(who?.needs_account && !who.account);
    const found = findPage(address.url.pathname);
    const past = isPast();

    const loadSession = () =>
        askSession().then(
            (answer) => (setTrouble(null), setWho(answer)),
            (problem) => setTrouble(problem),
        );
    useEffect(() => {
        loadSession();
        onUpdate(() => speak((old) => (old.endsWith('\u00a0') ? t('updated') : `${t('updated')}\u00a0`)));
        return onLive(setLiveWord);
    }, []);
    useEffect(() => {
        document.documentElement.lang = english() ? 'en' : 'zh-CN';
    }, []);
    const refused = shown.problem?.status === 401 || (live === 'refused' && !past);
    useEffect(() => {
        setLive(!past && who !== null && (who.account !== null || shown.doc !== null) && !first);
    }, [past, who, shown.doc !== null]);
    useEffect(() => {
        if (refused && who?.account) loadSession();
    }, [refused]);
    useLanding(address, shown.path === address.url.pathname ? shown.doc : null);

    const onLogout = async () => {
        await logout(who).catch(() => {});
        forgetAll();
        setLive(false);
        location.assign(to('/login'));
    };
    // What was decided is often gone from the page, and its button with it: at once, or with the page's next figures.
    const decided = useRef(false);
    const keepFocus = () => {
        if (!decided.current || document.activeElement !== document.body) return;
        decided.current = false;
        document.getElementById('finding')?.focus({ preventScroll: true });
    };
    const onDecided = () => {
        setDialog(null);
        decided.current = true;
        keepFocus();
    };
    useEffect(keepFocus);
    const onLogin = () => {
        forgetAll();
        if (address.url.pathname === '/login') location.replace(to('/'));
        else location.reload();
    };

    const needsLogin = who && !first && (address.url.pathname === '/login' || (!who.account && shown.problem?.status === 401));
    const Page = found.page;
    const frameKey = address.url.pathname;
    let main = null;
    if (trouble && !shown.doc) main = <Failure problem={trouble} />;
    else if (first) main = <FirstStartPage />;
    else if (needsLogin) main = <LoginPage onDone={onLogin} expired={live === 'refused'} />;
    else if (!Page) main = <Failure problem={{ status: 404 }} />;
    const hidden = main !== null;

    return (
        <Desk.Provider value={{ session: who, past, open: (ask) => setDialog({ ask }) }}>
            <a class="skip" href="#main">
                {t('skip')}
            </a>
            <Masthead doc={hidden ? null : shown.doc} live={live} part={found.part} account={who?.account} onMoment={() => setDialog({ moment: true })} onLogout={onLogout} />
            <Banners doc={hidden ? null : shown.doc} live={live} />
            <main id="main" tabindex={-1}>
                {main}
                {Page && !first && address.url.pathname !== '/login' && !needsLogin && (
                    <Show key={frameKey} path={frameKey} page={Page} code={found.code} area={found.area} params={address.url.searchParams} onShown={setShown} />
                )}
            </main>
            <Foot doc={hidden ? null : shown.doc} account={who?.account} />
            <div class="vh" role="status" aria-live="polite">
                {spoken}
            </div>
            {dialog?.moment && shown.doc && <MomentDialog as_of={shown.doc.as_of} known_at={shown.doc.known_at} onClose={() => setDialog(null)} />}
            {dialog?.ask && <ActionDialog ask={dialog.ask} session={who} as_of={shown.doc?.as_of} onClose={onDecided} />}
        </Desk.Provider>
    );
}

