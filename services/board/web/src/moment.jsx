// Which day is looked at, and as known when: the two clocks are asked for apart and never mixed.
import { useEffect, useRef } from 'preact/hooks';

import { day, moment, time, weekday } from './format.js';
import { go, here } from './router.js';
import { t } from './words.js';

export function MomentDialog({ as_of, known_at, onClose }) {
    const ref = useRef(null);
    useEffect(() => {
        ref.current.showModal();
    }, []);
    const now = here().searchParams;
    const how = now.get('as_of') ? (now.get('known_at') ? 'other' : 'now') : 'then';
    const submit = (event) => {
        event.preventDefault();
        const fields = event.currentTarget.elements;
        const [on, as, at] = [fields.on.value, fields.how.value, fields.at.value];
        const next = here();
        next.searchParams.delete('as_of');
        next.searchParams.delete('known_at');
        if (on && as !== 'then') next.searchParams.set('as_of', on);
        if (on && as === 'then') next.searchParams.set('known_at', on);
        if (on && as === 'other' && at) next.searchParams.set('known_at', `${at.length === 16 ? `${at}:00` : at}+08:00`);
        ref.current.close();
        go(next.pathname + next.search);
    };
    const back = () => {
        ref.current.close();
        backToNow();
    };
    return (
        <dialog ref={ref} class="dialog" aria-labelledby="m-title" onClose={onClose}>
            <form onSubmit={submit}>
                <h2 id="m-title">{t('moment_title')}</h2>
                <p class="field">
                    <label for="m-on">{t('moment_day')}</label>
                    <input id="m-on" name="on" type="date" required defaultValue={as_of} />
                </p>
                <fieldset>
                    <legend>{t('moment_how')}</legend>
                    {['then', 'now', 'other'].map((one) => (
                        <label key={one} class="choice">
                            <input type="radio" name="how" value={one} defaultChecked={one === how} /> {t(`moment_${one}`)}
                        </label>
                    ))}
                </fieldset>
                <p class="field">
                    <label for="m-at">{t('moment_time')}</label>
                    <input id="m-at" name="at" type="datetime-local" defaultValue={known_at ? known_at.slice(0, 16) : ''} />
                </p>
                <p class="buttons">
                    <button type="button" onClick={() => ref.current.close()}>
                        {t('cancel')}
                    </button>
                    {isPast() && (
                        <button type="button" onClick={back}>
                            {t('back_to_now')}
                        </button>
                    )}
                    <button type="submit" class="primary">
                        {t('show')}
                    </button>
                </p>
            </form>
        </dialog>
    );
}

export const isPast = () => here().searchParams.has('as_of') || here().searchParams.has('known_at');

export function backToNow() {
    const next = here();
    next.searchParams.delete('as_of');
    next.searchParams.delete('known_at');
    go(next.pathname + next.search);
}

export const momentWords = (doc) => `${day(doc.as_of, null)} ${weekday(doc.as_of)} ${time(doc.known_at)}`;

// "这是过去：截至2021年6月30日的数，按2021年11月8日 08:30所知。"
export function pastWords(doc) {
    const known = moment(doc.known_at, null);
    return t('past', { what: here().searchParams.has('as_of') ? t('past_as_of', { day: day(doc.as_of, null), known }) : t('past_known', { known }) });
}
