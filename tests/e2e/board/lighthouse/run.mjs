// Lighthouse on the overview and a target, as on a desk and as on a phone: one JSON line a score, with what it would mend.
//     run.mjs BOARD COOKIE      chromium: that of Debian
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import lighthouse from 'lighthouse';

const PAGES = ['/', '/targets/T06.1?area=510822'];
const FORMS = { desktop: { mobile: false, width: 1440, height: 900, deviceScaleFactor: 1 }, mobile: { mobile: true, width: 390, height: 844, deviceScaleFactor: 2 } };
const LOAD_MS = 6000; // the live stream never ends: what has not come by then is not waited for

const [board, cookie] = process.argv.slice(2);
const profile = mkdtempSync(join(tmpdir(), 'duban-lighthouse-'));
const browser = spawn('chromium', ['--headless=new', '--no-sandbox', '--remote-debugging-port=0', '--lang=zh-CN', `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
const port = await new Promise((done, fail) => {
    let said = '';
    browser.stderr.on('data', (text) => {
        said += text;
        const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said);
        if (found) done(Number(found[1]));
    });
    browser.on('exit', () => fail(new Error(`chromium did not start: ${said.slice(-300)}`)));
});

function mend(lhr, category) {
    const wrong = category.auditRefs.map(({ id, weight }) => ({ weight, ...lhr.audits[id] })).filter((audit) => audit.weight > 0 && audit.score !== null && audit.score < 1);
    return wrong.map((audit) => audit.id).join(' ');
}

try {
    for (const path of PAGES)
        for (const [formFactor, screenEmulation] of Object.entries(FORMS)) {
            const { lhr } = await lighthouse(board + path, { port, formFactor, screenEmulation, extraHeaders: { Cookie: cookie }, onlyCategories: ['accessibility', 'best-practices'], throttlingMethod: 'provided', maxWaitForLoad: LOAD_MS, disableFullPageScreenshot: true, logLevel: 'error' });
            for (const category of Object.values(lhr.categories)) console.log(JSON.stringify({ figure: category.id, value: Math.round((category.score ?? 0) * 100), page: path, form: formFactor, mend: mend(lhr, category) }));
        }
} finally {
    browser.removeAllListeners('exit');
    browser.kill();
    await new Promise((done) => browser.on('exit', done));
    rmSync(profile, { recursive: true, force: true });
}
