// Signing in stands in the place of whatever was asked for, so that a link survives it.
import { useState } from 'preact/hooks';

import { login } from './api.js';
import { Heading } from './parts.jsx';
import { t } from './words.js';

export function LoginPage({ onDone, expired }) {
    const [state, set] = useState({ busy: false, problem: null });
    const submit = async (event) => {
        event.preventDefault();
        if (state.busy) return;
        const { name, password } = event.currentTarget.elements;
        set({ busy: true, problem: null });
        try {
            await login(name.value.trim(), password.value);
            onDone();
        } catch (problem) {
            set({ busy: false, problem });
        }
    };
    return (
        <section class="panel narrow">
            <Heading text={t('login_title')} />
            {expired && (
                <p class="trouble" role="status">
                    {t('expired')}
                </p>
            )}
            <form onSubmit={submit}>
                <p class="field">
                    <label for="login-name">{t('login_name')}</label>
                    <input id="login-name" name="name" required autocomplete="username" autocapitalize="none" spellcheck={false} maxlength={64} aria-describedby={state.problem ? 'login-problem' : undefined} />
                </p>
                <p class="field">
                    <label for="login-password">{t('login_password')}</label>
                    <input id="login-password" name="password" type="password" required autocomplete="current-password" maxlength={256} />
                </p>
                {state.problem && (
                    <p class="trouble" role="alert" id="login-problem">
                        {state.problem.status ? state.problem.message : t('not_sent')} {state.problem.detail} {state.problem.retry && t('retry_after', { n: state.problem.retry })}
                    </p>
                )}
                <p class="buttons">
                    <button type="submit" class="primary" disabled={state.busy}>
                        {t('login')}
                    </button>
                </p>
            </form>
            <p class="quiet">{t('login_why')}</p>
        </section>
    );
}

export function FirstStartPage() {
    return (
        <section class="panel narrow">
            <Heading text={t('first_title')} />
            <p>{t('first_why')}</p>
            <pre tabindex={0}>duban user add lisi --role office</pre>
        </section>
    );
}
