// What a person decides, as dialogs. Each try carries one key, so that a second click or a second try after a lost answer
// records once; a 409 says who was first and what the state is now.
import { createContext } from 'preact';
import { useContext, useEffect, useRef, useState } from 'preact/hooks';

import { act, refresh } from './api.js';
import { moment } from './format.js';
import { Said } from './parts.jsx';
import { t } from './words.js';

// {session, past, open(verb, subject, fixed)}
export const Desk = createContext(null);

const LIGHTS = ['red', 'yellow', 'blue', 'grey', 'green'];
const CARDS = ['yellow_card', 'red_card'];
// name, kind, required
const FIELDS = {
    release: [['reason', 'text', false]],
    confirm: [['reason', 'text', true]],
    promise: [
        ['who', 'line', true],
        ['by_day', 'day', true],
        ['reason', 'cause', true],
        ['text', 'text', true],
    ],
    'extension-grant': [
        ['due', 'day', true],
        ['document', 'line', true],
    ],
    'extension-refuse': [['reason', 'text', true]],
    'close-out-check': [],
    'close-out-verify': [['document', 'line', true]],
    'close-out-refuse': [['reason', 'text', true]],
    issue: [
        ['level', 'card', true],
        ['document', 'line', true],
    ],
    mute: [
        ['until', 'day', true],
        ['reason', 'text', true],
    ],
    override: [
        ['light', 'light', true],
        ['until', 'day', true],
        ['reason', 'text', true],
    ],
    reverse: [['reason', 'text', true]],
};

export function Act({ verb, ...ask }) {
    const desk = useContext(Desk);
    if (!desk || desk.past || !desk.session?.account || !desk.session.may?.includes(verb)) return null;
    return (
        <button type="button" class="act" onClick={() => desk.open({ verb, ...ask })}>
            {t(`act_${verb}`)}
        </button>
    );
}

function Input({ name, kind, required, preset, wrong }) {
    const id = `x-${name}`;
    const common = { id, name, required, 'aria-invalid': wrong ? 'true' : undefined, 'aria-describedby': wrong ? 'x-problem' : undefined, defaultValue: preset };
    const choices = kind === 'light' ? LIGHTS.map((one) => [one, t(`l_${one}`)]) : kind === 'card' ? CARDS.map((one) => [one, t(`rung_${one}`)]) : kind === 'cause' ? t('reasons').split(' ').map((one) => [one, one]) : null;
    return (
        <p class="field">
            <label for={id}>
                {t(`x_${name}`)}
                {!required && <small> {t('optional')}</small>}
            </label>
            {choices ? (
                <select {...common}>
                    {!preset && <option value="" />}
                    {choices.map(([value, word]) => (
                        <option key={value} value={value} selected={value === preset}>
                            {word}
                        </option>
                    ))}
                </select>
            ) : kind === 'text' ? (
                <textarea {...common} rows={3} maxlength={1000} />
            ) : (
                <input {...common} type={kind === 'day' ? 'date' : 'text'} maxlength={kind === 'line' ? 200 : undefined} autocomplete="off" />
            )}
        </p>
    );
}

function Outcome({ done, as_of }) {
    return (
        <div class="outcome" role="status">
            <p>
                <b>{t('recorded')}</b>
                {t('colon')}
                <Said text={done.recorded?.words || t(`t_${done.verb}`)} />
            </p>
            <p class="quiet">{t('recorded_by', { by: done.by || '', at: moment(done.at, as_of) })}</p>
        </div>
    );
}

const first = (problem) => problem.type?.endsWith('/already-decided');
// Decided already, not possible now, or recorded but not confirmed yet: sending it again is no remedy.
const isFinal = (problem) => problem?.status === 409 || problem?.status === 504;

function Trouble({ problem }) {
    return (
        <div class="trouble" role="alert" id="x-problem">
            <p>
                <b>{first(problem) ? t('conflict') : problem.status ? problem.message : t('not_sent')}</b>
            </p>
            {problem.detail && (
                <p>
                    <Said text={problem.detail} />
                </p>
            )}
            {problem.hint && <p class="quiet">{problem.hint}</p>}
        </div>
    );
}

export function ActionDialog({ ask, session, as_of, onClose }) {
    const ref = useRef(null);
    const key = useRef(crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`);
    const [state, set] = useState({ busy: false, problem: null, done: null });
    useEffect(() => {
        ref.current.showModal();
    }, []);
    useEffect(() => {
        if (state.problem?.field) ref.current.querySelector(`[name="${state.problem.field}"]`)?.focus();
    }, [state.problem]);
    const submit = async (event) => {
        event.preventDefault();
        if (state.busy) return;
        const body = { ...ask.fixed };
        for (const [name] of FIELDS[ask.verb]) {
            const value = event.currentTarget.elements[name].value.trim();
            if (value) body[name] = value;
        }
        set({ busy: true, problem: null, done: null });
        try {
            const done = await act(session, ask.verb, body, key.current);
            set({ busy: false, problem: null, done: { ...done, verb: ask.verb } });
            refresh(null);
        } catch (problem) {
            // An answer, even a refusal, ends the key: what is sent next is another wish. A lost answer keeps it.
            if (problem.status) key.current = crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`;
            if (problem.status === 409) refresh(null);
            set({ busy: false, problem, done: null });
        }
    };
    return (
        <dialog ref={ref} class="dialog" aria-labelledby="x-title" onClose={onClose}>
            <form onSubmit={submit}>
                <h2 id="x-title">{t(`t_${ask.verb}`)}</h2>
                <p>
                    <b>
                        <Said text={ask.subject} />
                    </b>
                    {ask.detail && (
                        <small class="block">
                            <Said text={ask.detail} />
                        </small>
                    )}
                </p>
                {state.done ? (
                    <Outcome done={state.done} as_of={as_of} />
                ) : (
                    <>
                        <p class="quiet">{t(`n_${ask.verb}`)}</p>
                        {FIELDS[ask.verb].map(([name, kind, required]) => (
                            <Input key={name} name={name} kind={kind} required={required} preset={ask.preset?.[name]} wrong={state.problem?.field === name} />
                        ))}
                        {state.problem && <Trouble problem={state.problem} />}
                    </>
                )}
                <p class="buttons">
                    <button type="button" onClick={() => ref.current.close()}>
                        {state.done || isFinal(state.problem) ? t('close') : t('cancel')}
                    </button>
                    {!state.done && !isFinal(state.problem) && (
                        <button type="submit" class="primary" disabled={state.busy}>
                            {state.busy ? t('submitting') : t('submit')}
                        </button>
                    )}
                </p>
            </form>
        </dialog>
    );
}

// "核定红灯 青川 直连道路": the kind in the reader's language, the subject as the document says it.
export const decisionTitle = (item) => `${t(`d_${item.kind}`)} ${item.title.replace(/^\S+ /, '')}`;

// The buttons that a waiting decision gets.
export function DecisionActs({ item }) {
    const said = { subject: decisionTitle(item), detail: item.detail };
    const cell = { target: item.target, area: item.area };
    if (item.kind === 'review') return <Act verb="release" {...said} fixed={cell} />;
    if (item.kind === 'extension')
        return (
            <>
                <Act verb="extension-grant" {...said} fixed={{ id: item.id }} preset={{ due: item.asked }} />
                <Act verb="extension-refuse" {...said} fixed={{ id: item.id }} />
            </>
        );
    if (item.kind === 'close_out')
        return (
            <>
                <Act verb={`close-out-${item.step}`} {...said} fixed={{ id: item.id }} />
                <Act verb="close-out-refuse" {...said} fixed={{ id: item.id }} />
            </>
        );
    if (item.kind === 'held') return <Act verb="confirm" {...said} fixed={cell} />;
    if (item.kind === 'yellow_card' || item.kind === 'red_card') return <Act verb="issue" {...said} fixed={cell} preset={{ level: item.kind }} />;
    return null;
}
